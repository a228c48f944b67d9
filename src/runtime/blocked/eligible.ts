import {
  compositeDomain,
  intOf,
  type Node,
  textOf,
  type Value,
  type Window,
  windowOf,
} from '../../onnx/index.ts'

/** A convolution, or one of its gradients, that the blocked kernels can compute. */
export interface Eligible {
  readonly kind: 'dense' | 'depthwise' | 'inputGradient' | 'weightGradient'
  readonly window: Required<Window>
}

/** What is blocked about a node, if anything. */
export function eligible(node: Node, block: number): Eligible | undefined {
  const [first, second] = node.inputs
  if (first == null || second == null || first.dtype !== 'float32') return undefined
  const square = [first, second, node.outputs[0]!].every(({ shape }) => shape.length === 4)
  if (!square || textOf(node.attributes, 'auto_pad', 'NOTSET') !== 'NOTSET') return undefined
  const window = windowOf(node)
  const groups = intOf(node.attributes, 'group', 1)
  if (node.op === 'Conv' && node.domain === '') {
    const [inputs, outputs] = [first.shape[1]!, second.shape[0]!]
    if (groups === inputs && groups === outputs && inputs % block === 0)
      return { kind: 'depthwise', window }
    const fits = groups === 1 && outputs % block === 0 && (inputs % block === 0 || inputs < block)
    return fits ? { kind: 'dense', window } : undefined
  }
  if (node.domain !== compositeDomain || groups !== 1) return undefined
  if (node.op === 'ConvInputGradient')
    return inputGradientFits(second, window, block) ? { kind: 'inputGradient', window } : undefined
  if (node.op !== 'ConvWeightGradient') return undefined
  const [pictures, outputs] = [second.shape[0]!, second.shape[1]!]
  const fits = pictures % block === 0 && outputs % block === 0
  return fits && window.dilations.every((d) => d === 1)
    ? { kind: 'weightGradient', window }
    : undefined
}

function inputGradientFits(
  { shape: [o, c, h, w] }: Value,
  { strides, pads, dilations }: Required<Window>,
  block: number,
): boolean {
  const reach = [dilations[0] * (h! - 1), dilations[1] * (w! - 1)]
  return (
    o! % block === 0 &&
    c! % block === 0 &&
    strides.every((stride) => stride === 1) &&
    pads.every((pad, i) => pad <= reach[i % 2]!)
  )
}

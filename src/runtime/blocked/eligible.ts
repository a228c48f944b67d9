import {
  compositeDomain,
  intOf,
  type Node,
  textOf,
  type Window,
  windowOf,
} from '../../onnx/index.ts'
import { phasesOf } from './phases.ts'

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
    return inputGradientFits(node, window, block) ? { kind: 'inputGradient', window } : undefined
  if (node.op !== 'ConvWeightGradient') return undefined
  const [pictures, outputs] = [second.shape[0]!, second.shape[1]!]
  const fits = pictures % block === 0 && outputs % block === 0
  return fits && window.dilations.every((d) => d === 1)
    ? { kind: 'weightGradient', window }
    : undefined
}

function inputGradientFits(node: Node, window: Required<Window>, block: number): boolean {
  const [o, c] = node.inputs[1]!.shape
  const dilated = window.dilations.some((d) => d > 1) && window.strides.some((s) => s > 1)
  if (o! % block !== 0 || c! % block !== 0 || dilated) return false
  return [0, 1].every((axis) =>
    phasesOf({ node, window, axis }).phases.every(
      ({ taps, before, after }) => taps.length === 0 || (before >= 0 && after >= 0),
    ),
  )
}

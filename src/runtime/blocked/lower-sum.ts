import { compute, type Node, reshape, text, type Value } from '../../onnx/index.ts'
import { sameShape } from '../../tensor/index.ts'
import { nchwcDomain } from './nchwc.ts'
import type { Places } from './places.ts'

/** What {@link lowerSum} may do. */
interface SumPlace {
  readonly places: Places
  /** Whether a Relu follows. */
  readonly relu: boolean
  /** Whether nothing but one node takes a Value. */
  readonly isInner: (value: Value) => boolean
}

/**
 * The sum of a convolution's output and something else, where nothing else takes either: the
 * convolution adds to what is there already, which spares a pass over both.
 * undefined where that does not hold.
 */
export function lowerSum(node: Node, { places, relu, isInner }: SumPlace): Value | undefined {
  const [a, b] = node.inputs as [Value, Value]
  const fits = [a, b].every(
    (value) =>
      isInner(value) && sameShape(value.shape, node.outputs[0]!.shape) && value.kind === 'computed',
  )
  if (!fits || a === b) return undefined
  for (const [conv, other] of [
    [a, b],
    [b, a],
  ] as const) {
    const blocked = places.in('channels', conv)
    const made = convolutionOf(blocked)
    if (made === undefined) continue
    const [x, weight, bias = null] = made.inputs
    const sum = reshape(places.in('channels', other), conv.shape)
    const [y] = compute({
      op: 'Conv',
      domain: nchwcDomain,
      inputs: [x!, weight!, bias, sum],
      attributes: relu ? { ...made.attributes, activation: text('Relu') } : made.attributes,
      outputs: [{ dtype: 'float32', shape: conv.shape }],
    })
    return reshape(y!, blocked.shape)
  }
  return undefined
}

/** The convolution that a blocked Value comes from, if it adds nothing and is not cut off yet. */
function convolutionOf(blocked: Value): Node | undefined {
  if (blocked.kind !== 'computed' || blocked.node.op !== 'Reshape') return undefined
  const [given] = blocked.node.inputs
  if (given?.kind !== 'computed') return undefined
  const { node } = given
  const plain = node.inputs.length < 4 && node.attributes.activation === undefined
  return node.op === 'Conv' && node.domain === nchwcDomain && plain ? node : undefined
}

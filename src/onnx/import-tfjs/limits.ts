import { clip, maximum, minimum, relu } from '../operators/index.ts'
import { contentOf, type Value } from '../value.ts'

/** The smaller of two; below a number, one limit with those that were set before it. */
export const lesser = (a: Value, b: Value): Value => limited(a, b, Math.min) ?? minimum(a, b)

/** The larger of two; above a number, one limit with those that were set before it. */
export const greaterOf = (a: Value, b: Value): Value => limited(a, b, Math.max) ?? maximum(a, b)

/**
 * Graphs from Keras write Relu6 as max(min(relu(x), 6), 0), three passes over a picture. Limits of limits
 * are limits, so this makes one Clip of them, which onnxruntime computes with the convolution.
 */
function limited(a: Value, b: Value, choose: (x: number, y: number) => number): Value | undefined {
  const number = numberOf(b)
  if (number === undefined || a.dtype !== 'float32' || b.shape.length > a.shape.length)
    return undefined
  const before = limitsOf(a)
  const [low, high] = [choose(before.low, number), choose(before.high, number)]
  return low === 0 && high === Infinity ? relu(before.of) : clip(before.of, low, high)
}

function limitsOf(x: Value): { readonly of: Value; readonly low: number; readonly high: number } {
  const none = { of: x, low: -Infinity, high: Infinity }
  if (x.kind !== 'computed') return none
  const [of, ...bounds] = x.node.inputs
  if (of == null) return none
  if (x.node.op === 'Relu') return { of, low: 0, high: Infinity }
  const [low, high] = bounds.map((bound) => (bound === null ? undefined : numberOf(bound)))
  if (x.node.op !== 'Clip' || low === undefined || high === undefined) return none
  return { of, low, high }
}

function numberOf(value: Value): number | undefined {
  const content = contentOf(value)
  return content?.length === 1 ? Number(content[0]) : undefined
}

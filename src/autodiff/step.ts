import {
  cast,
  clip,
  greater,
  hardSigmoid,
  mul,
  type Operand,
  stopGradient,
  type Value,
} from '../onnx/index.ts'

/** So steep a line that no float worth the name lies on it between 0 and 1. */
const steep = 2 ** 100

/**
 * 1 where x > 0, 0 elsewhere, in the dtype of x: to be multiplied with a gradient.
 *
 * In onnxruntime one pass; Where takes three to seven times as long as the product, Greater and
 * Cast a third longer than this.
 */
export function step(x: Value): Value {
  if (x.dtype !== 'float32') return cast(greater(x, 0), x.dtype)
  return hardSigmoid(stopGradient(x), steep, 0)
}

/** `below` where x < 0, `above` where x > 0, at 0 a number from one to the other. */
export function slopes(x: Value, below: number, above: number): Operand {
  if (below === above) return above
  const line = mul(stopGradient(x), below < above ? steep : -steep)
  return clip(line, Math.min(below, above), Math.max(below, above))
}

import { abs, reduceL2, type Value } from '../onnx/index.ts'

/**
 * Euclidean norm of all elements, √Σ x². [...] → [].
 *
 * Row by row first: onnxruntime sums one long list in float32 with an error that shows from a million
 * elements on.
 */
export function norm(x: Value): Value {
  if (x.shape.length === 0) return abs(x)
  return reduceL2(reduceL2(x, { axes: x.shape.map((_, i) => i).slice(1) }))
}

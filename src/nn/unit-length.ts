import { add, div, mul, reduceSum, sqrt, type Value } from '../onnx/index.ts'

/** Rows divided by their Euclidean length. [N, D] → [N, D]. */
export function unitLength(x: Value): Value {
  return div(x, sqrt(add(reduceSum(mul(x, x), { axes: [1], keepAxes: true }), 1e-12)))
}

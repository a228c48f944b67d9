import { expand, like, matmul, reduceSum, reshape, type Value } from '../onnx/index.ts'
import { type Shape, sameShape, sizeOf } from '../tensor/index.ts'

/**
 * Sums a gradient over the axes along which an operand of this shape was broadcast: first those at
 * the back or in the middle, then those at the front as a product with a row of ones, at which
 * onnxruntime is two to ten times faster than at a reduction.
 */
export function sumTo(gradient: Value, shape: Shape): Value {
  if (sameShape(gradient.shape, shape)) return gradient
  const width = sizeOf(shape)
  if (width === 1) return reshape(reduceSum(gradient), shape)
  const extra = gradient.shape.length - shape.length
  const single = gradient.shape.map((_, i) => i < extra || shape[i - extra] === 1)
  const front = single.indexOf(false)
  const axes = gradient.shape.flatMap((size, i) => (i > front && single[i] && size > 1 ? [i] : []))
  const behind = reduceSum(gradient, { axes, keepAxes: true })
  const rows = sizeOf(gradient.shape.slice(0, front))
  if (rows === 1) return reshape(behind, shape)
  const ones = expand(like(1, gradient), [1, rows])
  return reshape(matmul(ones, reshape(behind, [rows, width])), shape)
}

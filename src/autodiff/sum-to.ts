import { reduceSum, reshape, type Value } from '../onnx/index.ts'
import { type Shape, sameShape } from '../tensor/index.ts'

/** Sums a gradient over the axes along which an operand of this shape was broadcast. */
export function sumTo(gradient: Value, shape: Shape): Value {
  if (sameShape(gradient.shape, shape)) return gradient
  const extra = gradient.shape.length - shape.length
  const axes = gradient.shape.flatMap((size, i) =>
    i < extra || (shape[i - extra] === 1 && size !== 1) ? [i] : [],
  )
  const summed = axes.length === 0 ? gradient : reduceSum(gradient, { axes, keepAxes: true })
  return sameShape(summed.shape, shape) ? summed : reshape(summed, shape)
}

import { apply, type GradientRule, intsOf, noGradient, reshape, transpose } from '../onnx/index.ts'
import { sumTo } from './sum-to.ts'

/** The gradient back in the shape of the input. */
const reshaped: GradientRule = (node, [dy]) => [reshape(dy!, node.inputs[0]!.shape)]

const transposeRule: GradientRule = (node, [dy]) => {
  const rank = dy!.shape.length
  const order = intsOf(
    node.attributes,
    'perm',
    Array.from({ length: rank }, (_, i) => rank - 1 - i),
  )
  return [
    transpose(
      dy!,
      order.map((_, i) => order.indexOf(i)),
    ),
  ]
}

/** Rules of operators that move elements without changing them, or leave some out. */
export const shapeRules: Readonly<Record<string, GradientRule>> = {
  Reshape: reshaped,
  Flatten: reshaped,
  Unsqueeze: reshaped,
  Squeeze: reshaped,
  Transpose: transposeRule,
  Trilu: (node, [dy]) => [apply('Trilu', [dy!, ...node.inputs.slice(1)], dy!, node.attributes)],
  // made after the shape alone
  EyeLike: noGradient,
  Expand: (node, [dy]) => [sumTo(dy!, node.inputs[0]!.shape)],
}

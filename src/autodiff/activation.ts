import {
  div,
  equal,
  exp,
  floatOf,
  type GradientRule,
  greater,
  less,
  mul,
  neg,
  sub,
  where,
} from '../onnx/index.ts'
import { only, unary } from './partial.ts'

/** Rules of activation functions. */
export const activationRules: Readonly<Record<string, GradientRule>> = {
  Relu: unary(({ y, dy }) => only(greater(y, 0), dy)),
  LeakyRelu: unary(({ x, dy, node }) =>
    where(greater(x, 0), dy, mul(dy, floatOf(node.attributes, 'alpha', 0.01))),
  ),
  // at the limits themselves no gradient passes
  Clip: unary(({ x, y, dy, node }) => {
    const [low, high] = [node.inputs[1], node.inputs[2]]
    let gradient = only(equal(x, y), dy)
    if (low != null) gradient = only(greater(x, low), gradient)
    if (high != null) gradient = only(less(x, high), gradient)
    return gradient
  }),
  Sigmoid: unary(({ y, dy }) => mul(dy, mul(y, sub(1, y)))),
  Tanh: unary(({ y, dy }) => mul(dy, sub(1, mul(y, y)))),
  Softplus: unary(({ x, dy }) => div(dy, sub(1, neg(exp(neg(x)))))),
}

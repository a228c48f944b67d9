import {
  add,
  and,
  div,
  equal,
  exp,
  floatOf,
  type GradientRule,
  greater,
  less,
  minimum,
  mul,
  neg,
  sub,
  where,
} from '../onnx/index.ts'
import { geluRule } from './gelu.ts'
import { only, unary } from './partial.ts'
import { sumTo } from './sum-to.ts'

/** Rules of activation functions. */
export const activationRules: Readonly<Record<string, GradientRule>> = {
  Relu: unary(({ y, dy }) => only(greater(y, 0), dy)),
  LeakyRelu: unary(({ x, dy, node }) =>
    where(greater(x, 0), dy, mul(dy, floatOf(node.attributes, 'alpha', 0.01))),
  ),
  PRelu: (node, [dy]) => {
    const [x, slope] = [node.inputs[0]!, node.inputs[1]!]
    return [where(greater(x, 0), dy!, mul(dy!, slope)), sumTo(mul(dy!, minimum(x, 0)), slope.shape)]
  },
  // at the limits themselves no gradient passes
  Clip: unary(({ x, y, dy, node }) => {
    const [low, high] = [node.inputs[1], node.inputs[2]]
    let gradient = only(equal(x, y), dy)
    if (low != null) gradient = only(greater(x, low), gradient)
    if (high != null) gradient = only(less(x, high), gradient)
    return gradient
  }),
  Sigmoid: unary(({ y, dy }) => mul(dy, mul(y, sub(1, y)))),
  // at the limits no gradient passes
  HardSigmoid: unary(({ y, dy, node }) =>
    only(and(greater(y, 0), less(y, 1)), mul(dy, floatOf(node.attributes, 'alpha', 0.2))),
  ),
  // 0 up to −3, x/3 + ½ between, 1 from 3 on
  HardSwish: unary(({ x, dy }) =>
    where(less(x, 3), only(greater(x, -3), mul(dy, add(mul(x, 1 / 3), 0.5))), dy),
  ),
  Gelu: geluRule,
  Tanh: unary(({ y, dy }) => mul(dy, sub(1, mul(y, y)))),
  Softplus: unary(({ x, dy }) => div(dy, sub(1, neg(exp(neg(x)))))),
}

import { unsupportedOp } from '../core/index.ts'
import {
  cast,
  div,
  equal,
  exp,
  floatOf,
  type GradientRule,
  greater,
  less,
  log,
  mul,
  type Node,
  neg,
  not,
  pow,
  sign,
  sub,
  type Value,
  where,
} from '../onnx/index.ts'
import { sumTo } from './sum-to.ts'

type Partial = (place: { x: Value; y: Value; dy: Value; node: Node }) => Value

/** A rule of one input x and output y. */
const unary =
  (partial: Partial): GradientRule =>
  (node, [dy]) => [partial({ x: node.inputs[0]!, y: node.outputs[0]!, dy: dy!, node })]

type Partials = (place: { a: Value; b: Value; y: Value; dy: Value }) => readonly [Value, Value]

/** A rule of two inputs that broadcast against each other. */
const binary =
  (partials: Partials): GradientRule =>
  (node, [dy]) => {
    // Max and Min of ONNX take any number
    if (node.inputs.length !== 2)
      throw unsupportedOp(
        `${node.op}: with ${node.inputs.length} inputs it has no gradient rule; apply it to two at a time`,
      )
    const [a, b] = [node.inputs[0]!, node.inputs[1]!]
    const [da, db] = partials({ a, b, y: node.outputs[0]!, dy: dy! })
    return [sumTo(da, a.shape), sumTo(db, b.shape)]
  }

/** dy where the condition holds, zero elsewhere. */
const only = (condition: Value, dy: Value): Value => where(condition, dy, 0)

/** Rules of operators that work element by element. */
export const elementwiseRules: Readonly<Record<string, GradientRule>> = {
  Add: binary(({ dy }) => [dy, dy]),
  Sub: binary(({ dy }) => [dy, neg(dy)]),
  Mul: binary(({ a, b, dy }) => [mul(dy, b), mul(dy, a)]),
  Div: binary(({ b, y, dy }) => [div(dy, b), neg(div(mul(dy, y), b))]),
  Pow: binary(({ a, b, y, dy }) => [
    mul(dy, mul(b, pow(a, sub(b, 1)))),
    // aᵇ ln a, which is 0 at a = 0
    mul(dy, where(greater(a, 0), mul(y, log(where(greater(a, 0), a, 1))), 0)),
  ]),
  // where both are equal the whole gradient goes to the first
  Max: binary(({ a, b, dy }) => [only(not(less(a, b)), dy), only(less(a, b), dy)]),
  Min: binary(({ a, b, dy }) => [only(not(greater(a, b)), dy), only(greater(a, b), dy)]),
  Where: (node, [dy]) => {
    const [condition, a, b] = [node.inputs[0]!, node.inputs[1]!, node.inputs[2]!]
    return [
      undefined,
      sumTo(only(condition, dy!), a.shape),
      sumTo(only(not(condition), dy!), b.shape),
    ]
  },
  Neg: unary(({ dy }) => neg(dy)),
  Sqrt: unary(({ y, dy }) => div(mul(dy, 0.5), y)),
  Exp: unary(({ y, dy }) => mul(dy, y)),
  Log: unary(({ x, dy }) => div(dy, x)),
  Abs: unary(({ x, dy }) => mul(dy, sign(x))),
  Reciprocal: unary(({ y, dy }) => neg(mul(dy, mul(y, y)))),
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
  Cast: unary(({ x, dy }) => cast(dy, x.dtype)),
  Identity: unary(({ dy }) => dy),
}

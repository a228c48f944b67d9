import {
  cast,
  div,
  exp,
  type GradientRule,
  greater,
  less,
  log,
  mul,
  neg,
  not,
  pow,
  sign,
  sub,
  where,
} from '../onnx/index.ts'
import { binary, only, unary } from './partial.ts'
import { sumTo } from './sum-to.ts'

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
  Erf: unary(({ x, dy }) => mul(dy, mul(exp(neg(mul(x, x))), 2 / Math.sqrt(Math.PI)))),
  Log: unary(({ x, dy }) => div(dy, x)),
  Abs: unary(({ x, dy }) => mul(dy, sign(x))),
  Reciprocal: unary(({ y, dy }) => neg(mul(dy, mul(y, y)))),
  Cast: unary(({ x, dy }) => cast(dy, x.dtype)),
  CastLike: unary(({ x, dy }) => cast(dy, x.dtype)),
  Identity: unary(({ dy }) => dy),
}

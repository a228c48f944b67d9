import {
  cast,
  div,
  equal,
  exp,
  type GradientRule,
  mul,
  neg,
  noGradient,
  round,
  sub,
} from '../onnx/index.ts'
import { binary, only, unary } from './partial.ts'
import { powRule } from './pow.ts'
import { slopes } from './step.ts'
import { sumTo } from './sum-to.ts'

/** Where several are the extreme, the first takes the whole gradient. */
const extremeRule: GradientRule = (node, [dy]) => {
  let left = dy!
  return node.inputs.map((x, i) => {
    if (i === node.inputs.length - 1) return sumTo(left, x!.shape)
    const own = only(equal(x!, node.outputs[0]!), left)
    left = sub(left, own)
    return sumTo(own, x!.shape)
  })
}

/** Rules of operators that work element by element. */
export const elementwiseRules: Readonly<Record<string, GradientRule>> = {
  Add: binary(({ dy }) => [dy, dy]),
  Sub: (node, [dy]) => [sumTo(dy!, node.inputs[0]!.shape), neg(sumTo(dy!, node.inputs[1]!.shape))],
  Mul: binary(({ a, b, dy }) => [mul(dy, b), mul(dy, a)]),
  Div: binary(({ b, y, dy }) => {
    const da = div(dy, b)
    return [da, neg(mul(da, y))]
  }),
  Pow: powRule,
  // y = a − b · n, and n, the whole part of a / b, is constant between its jumps
  Mod: binary(({ a, b, y, dy }) => [dy, neg(mul(dy, round(div(sub(a, y), b))))]),
  Sum: (node, [dy]) => node.inputs.map((x) => sumTo(dy!, x!.shape)),
  Mean: (node, [dy]) => {
    const share = mul(dy!, 1 / node.inputs.length)
    return node.inputs.map((x) => sumTo(share, x!.shape))
  },
  Max: extremeRule,
  Min: extremeRule,
  Where: (node, [dy]) => {
    const [condition, a, b] = [node.inputs[0]!, node.inputs[1]!, node.inputs[2]!]
    const chosen = only(condition, dy!)
    return [undefined, sumTo(chosen, a.shape), sumTo(sub(dy!, chosen), b.shape)]
  },
  Neg: unary(({ dy }) => neg(dy)),
  Sqrt: unary(({ y, dy }) => div(mul(dy, 0.5), y)),
  Exp: unary(({ y, dy }) => mul(dy, y)),
  // 2/√π e^(−x²), the factor as part of the exponent
  Erf: unary(({ x, dy }) => mul(dy, exp(sub(Math.log(2 / Math.sqrt(Math.PI)), mul(x, x))))),
  Log: unary(({ x, dy }) => div(dy, x)),
  Abs: unary(({ x, dy }) => mul(dy, slopes(x, -1, 1))),
  Reciprocal: unary(({ y, dy }) => neg(mul(dy, mul(y, y)))),
  Cast: unary(({ x, dy }) => cast(dy, x.dtype)),
  CastLike: unary(({ x, dy }) => cast(dy, x.dtype)),
  Identity: unary(({ dy }) => dy),
  // steps, flat wherever they have a slope
  Floor: noGradient,
  Ceil: noGradient,
  Round: noGradient,
  Sign: noGradient,
}

import {
  add,
  cos,
  cosh,
  div,
  type GradientRule,
  mul,
  neg,
  sin,
  sinh,
  sqrt,
  sub,
  type Value,
} from '../onnx/index.ts'
import { unary } from './partial.ts'

/** 1 − x², exact near ±1. */
const rest = (x: Value): Value => mul(sub(1, x), add(x, 1))

/** Rules of circular and hyperbolic functions and their inverses. */
export const trigonometricRules: Readonly<Record<string, GradientRule>> = {
  Sin: unary(({ x, dy }) => mul(dy, cos(x))),
  Cos: unary(({ x, dy }) => neg(mul(dy, sin(x)))),
  Tan: unary(({ y, dy }) => mul(dy, add(mul(y, y), 1))),
  Asin: unary(({ x, dy }) => div(dy, sqrt(rest(x)))),
  Acos: unary(({ x, dy }) => neg(div(dy, sqrt(rest(x))))),
  Atan: unary(({ x, dy }) => div(dy, add(mul(x, x), 1))),
  Sinh: unary(({ x, dy }) => mul(dy, cosh(x))),
  Cosh: unary(({ x, dy }) => mul(dy, sinh(x))),
  Asinh: unary(({ x, dy }) => div(dy, sqrt(add(mul(x, x), 1)))),
  Acosh: unary(({ x, dy }) => div(dy, sqrt(neg(rest(x))))),
  Atanh: unary(({ x, dy }) => div(dy, rest(x))),
}

import {
  add,
  erf,
  exp,
  type GradientRule,
  hardSigmoid,
  mul,
  sigmoid,
  sub,
  textOf,
  type Value,
} from '../onnx/index.ts'
import { unary } from './partial.ts'

/**
 * d xΦ(x) / dx = Φ(x) + x φ(x), with Φ(x) = ½ + ½ erf(x/√2) and φ(x) = e^(−x²/2) / √(2π). A hidden
 * layer is large, so passes are spared: HardSigmoid is the one for ½ + ½ u, and 1/√π stands in the
 * exponent.
 */
function exactSlope(x: Value): Value {
  const s = mul(x, Math.SQRT1_2)
  const below = hardSigmoid(erf(s), 0.5, 0.5)
  return add(below, mul(s, exp(sub(-0.5 * Math.log(Math.PI), mul(s, s)))))
}

/**
 * With ½ (1 + tanh u) = σ(2u) the approximation is y = x σ(v), v = 2 √(2/π) (x + 0.044715 x³), so
 * dy/dx = σ(v) + y (1 − σ(v)) dv/dx.
 */
function tanhSlope(x: Value, y: Value): Value {
  const [linear, cubic] = [2 * Math.sqrt(2 / Math.PI), 2 * Math.sqrt(2 / Math.PI) * 0.044715]
  const square = mul(x, x)
  const gate = sigmoid(mul(x, add(mul(square, cubic), linear)))
  const steepness = add(mul(square, 3 * cubic), linear)
  return add(gate, mul(mul(y, sub(1, gate)), steepness))
}

/** Gelu in both of its forms. */
export const geluRule: GradientRule = unary(({ x, y, dy, node }) =>
  mul(
    dy,
    textOf(node.attributes, 'approximate', 'none') === 'tanh' ? tanhSlope(x, y) : exactSlope(x),
  ),
)

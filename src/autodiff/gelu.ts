import {
  add,
  erf,
  exp,
  floatOf,
  type GradientRule,
  hardSigmoid,
  mul,
  sigmoid,
  sub,
  textOf,
  type Value,
} from '../onnx/index.ts'
import { unary } from './partial.ts'
import { sumTo } from './sum-to.ts'

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

/** y = x σ(αx): dy/dx = σ(αx) + αy (1 − σ(αx)). */
function quickSlope(x: Value, y: Value, alpha: number): Value {
  const gate = sigmoid(mul(x, alpha))
  return add(gate, mul(mul(y, alpha), sub(1, gate)))
}

/** A function of x + bias, the bias left out or of the last axis. */
const biased =
  (slope: (x: Value, y: Value) => Value): GradientRule =>
  (node, [dy]) => {
    const [x, bias] = [node.inputs[0]!, node.inputs[1]]
    const gradient = mul(dy!, slope(bias == null ? x : add(x, bias), node.outputs[0]!))
    return [gradient, bias == null ? undefined : sumTo(gradient, bias.shape)]
  }

/** Rules of Gelu in ONNX and in onnxruntime's own operator set, which its optimised files use. */
export const geluRules: Readonly<Record<string, GradientRule>> = {
  Gelu: unary(({ x, y, dy, node }) => {
    const approximate = textOf(node.attributes, 'approximate', 'none') === 'tanh'
    return mul(dy, approximate ? tanhSlope(x, y) : exactSlope(x))
  }),
  'com.microsoft.Gelu': unary(({ x, dy }) => mul(dy, exactSlope(x))),
  'com.microsoft.BiasGelu': biased(exactSlope),
  'com.microsoft.FastGelu': biased(tanhSlope),
  'com.microsoft.QuickGelu': unary(({ x, y, dy, node }) =>
    mul(dy, quickSlope(x, y, floatOf(node.attributes, 'alpha', 1.702))),
  ),
}

import {
  abs,
  add,
  and,
  clip,
  div,
  exp,
  floatOf,
  type GradientRule,
  greater,
  hardSigmoid,
  less,
  mul,
  neg,
  not,
  sigmoid,
  sub,
  thresholdedRelu,
  type Value,
} from '../onnx/index.ts'
import { geluRules } from './gelu.ts'
import { only, unary } from './partial.ts'
import { slopes, step } from './step.ts'
import { sumTo } from './sum-to.ts'

const belowZero = (x: Value): Value => clip(x, Number.NEGATIVE_INFINITY, 0)

/** The slope is that of the learned slopes where x is not positive, else 1. */
const pReluRule: GradientRule = (node, [dy]) => {
  const [x, slope] = [node.inputs[0]!, node.inputs[1]!]
  return [
    mul(dy!, add(slope, mul(step(x), sub(1, slope)))),
    sumTo(mul(dy!, belowZero(x)), slope.shape),
  ]
}

/** An element's gradient goes to x, or to the limit that it reached. */
const clipRule: GradientRule = (node, [dy]) => {
  const [, low, high] = node.inputs
  const y = node.outputs[0]!
  const aboveLow = low == null ? undefined : greater(y, low)
  const belowHigh = high == null ? undefined : less(y, high)
  const both = (a: Value | undefined, b: Value | undefined): Value | undefined =>
    a !== undefined && b !== undefined ? and(a, b) : (a ?? b)
  const where = (condition: Value | undefined): Value =>
    condition === undefined ? dy! : only(condition, dy!)
  return [
    where(both(aboveLow, belowHigh)),
    aboveLow && sumTo(where(both(not(aboveLow), belowHigh)), low!.shape),
    belowHigh && sumTo(where(not(belowHigh)), high!.shape),
  ]
}

/**
 * With h = max(0, min(1, x/6 + ½)) it is h + x h′, and h′ is ⅙ where |x| < 3, else 0: two
 * thresholds cut x to what lies between, faster than conditions.
 */
function hardSwishSlope(x: Value): Value {
  const cutBelow = thresholdedRelu(x, -3)
  const cut = thresholdedRelu(mul(cutBelow, -1 / 6), -0.5)
  return sub(hardSigmoid(x, 1 / 6, 0.5), cut)
}

/** The slope of x where x > 0, of α(eˣ − 1) elsewhere, each times a factor. */
function eluSlope(x: Value, alpha: number, factor = 1): Value {
  const below = exp(belowZero(x))
  const scaled = alpha * factor === 1 ? below : mul(below, alpha * factor)
  return alpha === 1 ? scaled : add(scaled, slopes(x, 0, factor - alpha * factor))
}

/**
 * y = x tanh(ln(1 + eˣ)). With q = σ(−x) and h = q² / (1 + q²) the tanh is 1 − 2h and its
 * derivative 4h (1 − h)(1 − q): nothing overflows.
 */
function mishSlope(x: Value): Value {
  const q = sigmoid(neg(x))
  const square = mul(q, q)
  const h = div(square, add(square, 1))
  const bend = mul(mul(h, sub(1, h)), mul(x, sub(1, q)))
  return add(sub(1, mul(h, 2)), mul(bend, 4))
}

/** Rules of activation functions; at a kink each gives a slope from one side's to the other's. */
export const activationRules: Readonly<Record<string, GradientRule>> = {
  ...geluRules,
  // by the output, so that onnxruntime can fuse the activation with the convolution before it
  Relu: unary(({ y, dy }) => mul(dy, step(y))),
  LeakyRelu: unary(({ x, y, dy, node }) => {
    const alpha = floatOf(node.attributes, 'alpha', 0.01)
    return mul(dy, slopes(alpha > 0 ? y : x, alpha, 1))
  }),
  PRelu: pReluRule,
  ThresholdedRelu: unary(({ x, dy, node }) =>
    only(greater(x, floatOf(node.attributes, 'alpha', 1)), dy),
  ),
  Shrink: unary(({ x, dy, node }) =>
    only(greater(abs(x), floatOf(node.attributes, 'lambd', 0.5)), dy),
  ),
  Elu: unary(({ x, dy, node }) => mul(dy, eluSlope(x, floatOf(node.attributes, 'alpha', 1)))),
  Selu: unary(({ x, dy, node: { attributes } }) => {
    const alpha = floatOf(attributes, 'alpha', 1.6732632423543772)
    return mul(dy, eluSlope(x, alpha, floatOf(attributes, 'gamma', 1.0507009873554805)))
  }),
  Celu: unary(({ x, dy, node }) => {
    const alpha = floatOf(node.attributes, 'alpha', 1)
    return mul(dy, exp(mul(belowZero(x), 1 / alpha)))
  }),
  Clip: clipRule,
  Sigmoid: unary(({ y, dy }) => mul(dy, mul(y, sub(1, y)))),
  HardSigmoid: unary(({ y, dy, node }) =>
    mul(only(and(greater(y, 0), less(y, 1)), dy), floatOf(node.attributes, 'alpha', 0.2)),
  ),
  HardSwish: unary(({ x, dy }) => mul(dy, hardSwishSlope(x))),
  Tanh: unary(({ y, dy }) => mul(dy, sub(1, mul(y, y)))),
  Softplus: unary(({ x, dy }) => mul(dy, sigmoid(x))),
  // 1 / (1 + |x|)² = (1 − |y|)²
  Softsign: unary(({ y, dy }) => {
    const rest = sub(1, abs(y))
    return mul(dy, mul(rest, rest))
  }),
  Mish: unary(({ x, dy }) => mul(dy, mishSlope(x))),
}

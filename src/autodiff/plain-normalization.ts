import { unsupportedOp } from '../core/index.ts'
import {
  div,
  type GradientRule,
  greater,
  intOf,
  intsOf,
  mul,
  reduceMean,
  reduceSum,
  sign,
  sqrt,
  sub,
  type Value,
  where,
} from '../onnx/index.ts'

/**
 * y = x / n, n the length Σ|x| (p = 1) or √Σx² (p = 2) along an axis, whose slope u is sign x or y:
 *
 *   dx = (dy − u · Σ dy · y) / n, n = Σ x · u
 *
 * Where all is 0 onnxruntime gives 0, and no gradient passes.
 */
const lpRule: GradientRule = (node, [dy]) => {
  const p = intOf(node.attributes, 'p', 2)
  if (p !== 1 && p !== 2) throw unsupportedOp(`LpNormalization: p is ${p}, it can be 1 or 2`)
  const x = node.inputs[0]!
  const y = node.outputs[0]!
  const along = { axes: [intOf(node.attributes, 'axis', -1)], keepAxes: true }
  const u = p === 1 ? sign(x) : y
  const length = reduceSum(mul(x, u), along)
  const some = greater(length, 0)
  const inverse = where(some, div(1, where(some, length, 1)), 0)
  return [mul(sub(dy!, mul(u, reduceSum(mul(dy!, y), along))), inverse)]
}

/** y = (x − μ) / σ over some axes: dx = (dy − mean dy − y · mean(dy · y)) / σ. */
const meanVarianceRule: GradientRule = (node, [dy]) => {
  const x = node.inputs[0]!
  const y = node.outputs[0]!
  const over = { axes: intsOf(node.attributes, 'axes', [0, 2, 3]), keepAxes: true }
  const mean = (value: Value): Value => reduceMean(value, over)
  const centred = sub(x, mean(x))
  const deviation = sqrt(mean(mul(centred, centred)))
  return [div(sub(sub(dy!, mean(dy!)), mul(y, mean(mul(dy!, y)))), deviation)]
}

/** Rules of normalisations without weights. */
export const plainNormalizationRules: Readonly<Record<string, GradientRule>> = {
  LpNormalization: lpRule,
  MeanVarianceNormalization: meanVarianceRule,
}

import { unsupportedOp } from '../core/index.ts'
import {
  floatOf,
  type GradientRule,
  intOf,
  matmul,
  mul,
  normalizeAxis,
  reduceMean,
  reshape,
  type Value,
} from '../onnx/index.ts'
import { formatShape, sizeOf } from '../tensor/index.ts'
import { normalizedRows, rowsGradient } from './normalized-rows.ts'
import { sumTo } from './sum-to.ts'

/**
 * y = scale · x̂ + shift for rows of D values: with g = dy · scale the gradient is that of
 * {@link rowsGradient}. The product dy · x̂ serves both dscale, its sum over rows, and
 * Σ(g · x̂) / D, its matrix product with scale / D.
 */
const layerNormalizationRule: GradientRule = (node, [gradient, ofMean, ofDeviation]) => {
  const { op, attributes, inputs } = node
  const [x, scale, shift] = [inputs[0]!, inputs[1]!, inputs[2]]
  if (ofMean !== undefined || ofDeviation !== undefined)
    throw unsupportedOp(
      `${op}: its mean and deviation have no gradient rule; compute them apart from it`,
    )
  const axis = normalizeAxis(op, intOf(attributes, 'axis', -1), x.shape.length)
  const size = sizeOf(x.shape.slice(axis))
  for (const operand of [scale, shift])
    if (operand != null && sizeOf(operand.shape) !== size)
      throw unsupportedOp(
        `${op}: a scale or shift of shape ${formatShape(operand.shape)} for rows of ${size} has no gradient rule; give it one value for each`,
      )
  const asRows = (value: Value): Value => reshape(value, [sizeOf(x.shape.slice(0, axis)), size])
  const rows = normalizedRows(asRows(x), floatOf(attributes, 'epsilon', 1e-5))
  const dy = asRows(gradient!)
  const product = mul(dy, rows.normalized)
  const g = mul(dy, reshape(scale, [size]))
  const dx = rowsGradient(rows, {
    g,
    mean: reduceMean(g, { axes: [1], keepAxes: true }),
    slope: matmul(product, mul(reshape(scale, [size, 1]), 1 / size)),
  })
  const perValue = (value: Value, operand: Value): Value =>
    reshape(sumTo(value, [size]), operand.shape)
  return [
    reshape(dx, x.shape),
    perValue(product, scale),
    shift == null ? undefined : perValue(dy, shift),
  ]
}

/** Rules of normalisations over the last axes. */
export const layerNormalizationRules: Readonly<Record<string, GradientRule>> = {
  LayerNormalization: layerNormalizationRule,
}

import { unsupportedOp } from '../core/index.ts'
import {
  add,
  floatOf,
  type GradientRule,
  intOf,
  matmul,
  mul,
  type Node,
  normalizeAxis,
  operatorName,
  reduceMean,
  reshape,
  type Value,
} from '../onnx/index.ts'
import { formatShape, sizeOf } from '../tensor/index.ts'
import { normalizedRows, throughRows } from './normalized-rows.ts'
import { sumTo } from './sum-to.ts'

/** What is normalised, and how. */
interface Place {
  readonly x: Value
  readonly scale: Value
  readonly shift?: Value | null | undefined
  readonly axis: number
  readonly epsilon: number
  readonly scaledOnly: boolean
}

/**
 * y = scale · x̂ + shift for rows of D values: with g = dy · scale the gradient is that of
 * {@link throughRows}. The product dy · x̂ serves both dscale, its sum over rows, and
 * Σ(g · x̂) / D, its matrix product with scale / D.
 */
function affineGradients(node: Node, place: Place, gradient: Value) {
  const { x, scale, shift, scaledOnly } = place
  const axis = normalizeAxis(node.op, place.axis, x.shape.length)
  const size = sizeOf(x.shape.slice(axis))
  for (const operand of [scale, shift])
    if (operand != null && sizeOf(operand.shape) !== size)
      throw unsupportedOp(
        `${operatorName(node)}: a scale or shift of shape ${formatShape(operand.shape)} for rows of ${size} has no gradient rule; give it one value for each`,
      )
  const asRows = (value: Value): Value => reshape(value, [sizeOf(x.shape.slice(0, axis)), size])
  const rows = normalizedRows(asRows(x), place)
  const dy = asRows(gradient)
  const product = mul(dy, rows.normalized)
  const g = mul(dy, reshape(scale, [size]))
  const dx = throughRows(rows, {
    g,
    ...(scaledOnly ? {} : { mean: reduceMean(g, { axes: [1], keepAxes: true }) }),
    slope: matmul(product, mul(reshape(scale, [size, 1]), 1 / size)),
  })
  const perValue = (value: Value, operand: Value): Value =>
    reshape(sumTo(value, [size]), operand.shape)
  return {
    dx: reshape(dx, x.shape),
    dScale: perValue(product, scale),
    dShift: shift == null ? undefined : perValue(dy, shift),
  }
}

/** Only y is differentiated, and what {@link skipRule} says of the sum. */
function assertOnly(node: Node, statistics: readonly (Value | undefined)[]): void {
  if (statistics.some((one) => one !== undefined))
    throw unsupportedOp(
      `${operatorName(node)}: its mean and deviation have no gradient rule; compute them apart from it`,
    )
}

const layerRule =
  (scaledOnly: boolean): GradientRule =>
  (node, [dy, ...statistics]) => {
    assertOnly(node, statistics)
    const [x, scale, shift] = node.inputs as [Value, Value, Value | null | undefined]
    const { attributes } = node
    const axis = intOf(attributes, 'axis', -1)
    const epsilon = floatOf(attributes, 'epsilon', 1e-5)
    const place = { x, scale, shift, axis, epsilon, scaledOnly }
    const { dx, dScale, dShift } = affineGradients(node, place, dy!)
    return [dx, dScale, dShift]
  }

/** The layer normalisation of x + skip + bias, a sum that it may give out besides. */
const skipRule =
  (scaledOnly: boolean): GradientRule =>
  (node, [dy, ofMean, ofDeviation, dSum]) => {
    assertOnly(node, [ofMean, ofDeviation])
    const [x, skip, scale, ...rest] = node.inputs as [Value, Value, Value]
    const [shift, bias] = (scaledOnly ? [undefined, ...rest] : rest) as (Value | null | undefined)[]
    const place = {
      x: [skip, bias].reduce<Value>((sum, one) => (one == null ? sum : add(sum, one)), x),
      scale,
      shift,
      axis: -1,
      epsilon: floatOf(node.attributes, 'epsilon', 1e-12),
      scaledOnly,
    }
    const through = dy === undefined ? undefined : affineGradients(node, place, dy)
    const dx =
      through === undefined ? dSum! : dSum === undefined ? through.dx : add(through.dx, dSum)
    const dBias = bias == null ? undefined : sumTo(dx, bias.shape)
    const affine = scaledOnly ? [through?.dScale] : [through?.dScale, through?.dShift]
    return [dx, sumTo(dx, skip.shape), ...affine, dBias]
  }

/** Rules of normalisations over the last axes. */
export const layerNormalizationRules: Readonly<Record<string, GradientRule>> = {
  LayerNormalization: layerRule(false),
  // onnxruntime's name of the root mean square normalisation
  SimplifiedLayerNormalization: layerRule(true),
  'com.microsoft.SkipLayerNormalization': skipRule(false),
  'com.microsoft.SkipSimplifiedLayerNormalization': skipRule(true),
}

import { unsupportedOp } from '../core/index.ts'
import {
  cast,
  compute,
  constant,
  float,
  floatOf,
  type GradientRule,
  int,
  intOf,
  matmul,
  mul,
  normalizeAxis,
  reduceSum,
  reshape,
  sub,
  type Value,
} from '../onnx/index.ts'
import { allocate, formatShape, sizeOf } from '../tensor/index.ts'

/**
 * y = scale · x̂ + shift, x̂ = (x − μ) · r, r = (σ² + ε)^−½, for each row of D values:
 *
 *   dx = r · (g − Σg / D − x̂ · Σ(g · x̂) / D), g = dy · scale
 *
 * x̂ and r are computed once more, which is one pass of the same kernel. Both sums over a row are
 * matrix products with scale / D, and dy · x̂ serves dscale and the second of them.
 */
const layerNormalizationRule: GradientRule = (node, [gradient, ofMean, ofDeviation]) => {
  const [x, scale] = [node.inputs[0]!, node.inputs[1]!]
  if (ofMean !== undefined || ofDeviation !== undefined)
    throw unsupportedOp(
      'LayerNormalization: its mean and deviation have no gradient rule; compute them apart from it',
    )
  const axis = normalizeAxis(
    'LayerNormalization',
    intOf(node.attributes, 'axis', -1),
    x.shape.length,
  )
  const size = sizeOf(x.shape.slice(axis))
  for (const operand of node.inputs.slice(1))
    if (operand != null && sizeOf(operand.shape) !== size)
      throw unsupportedOp(
        `LayerNormalization: scale or shift of shape ${formatShape(operand.shape)} for rows of ${size} has no gradient rule; give it one value for each`,
      )
  const rows = (value: Value): Value => reshape(value, [sizeOf(x.shape.slice(0, axis)), size])
  const dy = rows(gradient!)
  const epsilon = floatOf(node.attributes, 'epsilon', 1e-5)
  const { normalized, r } = normalizedRows(rows(x), epsilon)
  const product = mul(dy, normalized)
  const flatScale = reshape(scale, [size])
  const share = mul(reshape(scale, [size, 1]), 1 / size)
  const towards = mul(normalized, matmul(product, share))
  const dx = mul(sub(sub(mul(dy, flatScale), matmul(dy, share)), towards), r)
  const perValue = (value: Value, operand: Value): Value =>
    reshape(reduceSum(value, { axes: [0] }), operand.shape)
  const shift = node.inputs[2]
  return [
    reshape(dx, x.shape),
    perValue(product, scale),
    shift == null ? undefined : perValue(dy, shift),
  ]
}

/** x̂ [N, D] and r [N, 1] of rows x [N, D]; the kernel gives r in float32 whatever x is. */
function normalizedRows(x: Value, epsilon: number): { normalized: Value; r: Value } {
  const { dtype } = x
  const [n, size] = x.shape as [number, number]
  const ones = constant({
    dtype,
    shape: [size],
    data: (allocate(dtype, size) as Float32Array).fill(1),
  })
  const statistic = { dtype: 'float32', shape: [n, 1] } as const
  const [normalized, , r] = compute({
    op: 'LayerNormalization',
    inputs: [x, ones],
    attributes: { axis: int(-1), epsilon: float(epsilon) },
    outputs: [x, statistic, statistic],
  })
  return { normalized: normalized!, r: cast(r!, dtype) }
}

/** Rules of normalisations over the last axes. */
export const layerNormalizationRules: Readonly<Record<string, GradientRule>> = {
  LayerNormalization: layerNormalizationRule,
}

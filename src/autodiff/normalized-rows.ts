import { cast, compute, expand, float, int, like, mul, sub, type Value } from '../onnx/index.ts'

/** Rows brought to mean 0 and deviation 1: x̂ = (x − μ) · r, r = (σ² + ε)^−½ for each row. */
export interface NormalizedRows {
  readonly normalized: Value // [R, D]
  readonly r: Value // [R, 1]
}

/**
 * Normalises rows [R, D] once more, which is one pass of onnxruntime's LayerNormalization. It gives r
 * in float32 whatever x is.
 */
export function normalizedRows(x: Value, epsilon: number): NormalizedRows {
  const [rows, size] = x.shape as [number, number]
  const statistic = { dtype: 'float32', shape: [rows, 1] } as const
  const [normalized, , r] = compute({
    op: 'LayerNormalization',
    inputs: [x, expand(like(1, x), [size])],
    attributes: { axis: int(-1), epsilon: float(epsilon) },
    outputs: [x, statistic, statistic],
  })
  return { normalized: normalized!, r: cast(r!, x.dtype) }
}

/**
 * The gradient by rows from the gradient g by what they are normalised to:
 *
 *   dx = r · (g − Σg / D − x̂ · Σ(g · x̂) / D)
 *
 * @param mean Σg / D [R, 1]
 * @param slope Σ(g · x̂) / D [R, 1]
 */
export function rowsGradient(
  { normalized, r }: NormalizedRows,
  { g, mean, slope }: { readonly g: Value; readonly mean: Value; readonly slope: Value },
): Value {
  return mul(sub(sub(g, mean), mul(normalized, slope)), r)
}

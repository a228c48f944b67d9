import { cast, compute, expand, float, int, like, mul, sub, type Value } from '../onnx/index.ts'

/** Rows brought to deviation 1, and to mean 0 unless they are only scaled: x̂ = (x − μ) · r. */
export interface NormalizedRows {
  readonly normalized: Value // [R, D]
  readonly r: Value // [R, 1]
}

/** How rows are normalised. */
export interface RowOptions {
  readonly epsilon: number
  /** Whether they are only scaled by their root mean square: x̂ = x · r. */
  readonly scaledOnly?: boolean
}

/**
 * Normalises rows [R, D] once more, which is one pass of the kernel that did it before. It gives
 * r = (σ² + ε)^−½ in float32 whatever x is.
 */
export function normalizedRows(x: Value, { epsilon, scaledOnly }: RowOptions): NormalizedRows {
  const [rows, size] = x.shape as [number, number]
  const statistic = { dtype: 'float32', shape: [rows, 1] } as const
  const outputs = compute({
    op: scaledOnly ? 'SimplifiedLayerNormalization' : 'LayerNormalization',
    inputs: [x, expand(like(1, x), [size])],
    attributes: { axis: int(-1), epsilon: float(epsilon) },
    outputs: scaledOnly ? [x, statistic] : [x, statistic, statistic],
  })
  return { normalized: outputs[0]!, r: cast(outputs.at(-1)!, x.dtype) }
}

/** The gradient g by normalised rows, and what is known of its sums. */
export interface RowsGradient {
  readonly g: Value // [R, D]
  /** Σg / D [R, 1]; left out where rows are only scaled */
  readonly mean?: Value
  /** Σ(g · x̂) / D [R, 1] */
  readonly slope: Value
}

/** The gradient by the rows themselves: dx = r · (g − Σg / D − x̂ · Σ(g · x̂) / D). [R, D] */
export function throughRows(
  { normalized, r }: NormalizedRows,
  { g, mean, slope }: RowsGradient,
): Value {
  const centred = mean === undefined ? g : sub(g, mean)
  return mul(sub(centred, mul(normalized, slope)), r)
}

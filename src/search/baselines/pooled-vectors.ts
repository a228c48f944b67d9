import { shapeError } from '../../core/index.ts'

/** What {@link pooledVectors} takes. */
export interface PooledVectorsInput {
  /** [E] of [N, D]: each encoder's vectors of the same pictures */
  readonly parts: readonly Float32Array[]
  /** [E] each encoder's D, all the same */
  readonly dimensions: readonly number[]
  /** [E] */
  readonly weights: readonly number[]
}

/**
 * Several encoders' vectors of a picture as one by their weighted mean: the paper's second baseline,
 * pooled before the nearest are sought.
 *
 *   p = Σ_e λ_e u_e / ‖Σ_e λ_e u_e‖
 *
 * @returns [N, D] of unit length; zeros where the vectors cancel out
 * @throws Shape when the dimensions differ or the parts do not fit together
 * @see Ahemad et al. 2024, section 2.4
 */
export function pooledVectors({ parts, dimensions, weights }: PooledVectorsInput): Float32Array {
  const [dimension = 0] = dimensions
  const fits =
    dimensions.every((own) => own === dimension) &&
    parts.every((part) => part.length === parts[0]!.length) &&
    dimensions.length === parts.length &&
    weights.length === parts.length
  if (!fits)
    throw shapeError(
      `pooledVectors: got ${parts.length} parts of ${dimensions.join(', ')} values and ${weights.length} weights; vectors can only be pooled where all encoders have one dimension`,
    )
  const pooled = new Float32Array(parts[0]?.length ?? 0)
  const sums = new Float64Array(dimension)
  for (let start = 0; start < pooled.length; start += dimension) {
    sums.fill(0)
    for (const [e, part] of parts.entries())
      for (let i = 0; i < dimension; i++) sums[i]! += weights[e]! * part[start + i]!
    const length = Math.hypot(...sums)
    for (let i = 0; i < dimension; i++) pooled[start + i] = length === 0 ? 0 : sums[i]! / length
  }
  return pooled
}

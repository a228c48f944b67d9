import { shapeError } from '../../core/index.ts'
import { innerProducts, type Label, rankOfBest } from '../../metrics/index.ts'

/** Labelled vectors of several encoders, by which ensembles are measured. */
export interface EnsembleRetrieval {
  /** [views] of [encoders] of [Q, D_e]: a query's score is the largest over its views */
  readonly queries: readonly (readonly Float32Array[])[]
  /** [Q] */
  readonly queryLabels: readonly Label[]
  /** [encoders] of [N, D_e] */
  readonly gallery: readonly Float32Array[]
  /** [N] */
  readonly galleryLabels: readonly Label[]
}

/** Weights λ of the encoders, one after another. */
export type Weighting = readonly number[]

/**
 * For every weighting and query, the rank of the nearest gallery picture with the query's label.
 *
 *   score(q, u) = max_v Σ_e λ_e ⟨q_ve, u_e⟩
 *
 * The encoders' own scores are computed once, whatever the number of weightings.
 * @returns [weightings] of [Q] ranks from 1; Infinity where the gallery has no such picture
 * @throws Shape when vectors, labels and weightings do not fit together
 * @see Ahemad et al. 2024, eq. 3
 */
export function ensembleRanks(
  retrieval: EnsembleRetrieval,
  weightings: readonly Weighting[],
): number[][] {
  const { queries, queryLabels, gallery, galleryLabels } = retrieval
  for (const weighting of weightings)
    if (weighting.length !== gallery.length)
      throw shapeError(
        `ensembleRanks: got ${weighting.length} weights for ${gallery.length} encoders`,
      )
  const ranks = weightings.map((): number[] => [])
  const combined = new Float64Array(galleryLabels.length)
  const own = queries.map((view) => view.map(() => new Float64Array(galleryLabels.length)))
  for (const [q, label] of queryLabels.entries()) {
    for (const [v, view] of queries.entries())
      for (const [e, vectors] of view.entries())
        innerProducts(rowOf(vectors, q, queryLabels.length), gallery[e]!, own[v]![e]!)
    for (const [w, weighting] of weightings.entries()) {
      combine(own, weighting, combined)
      ranks[w]!.push(rankOfBest(combined, (row) => galleryLabels[row] === label))
    }
  }
  return ranks
}

/** Row q of a matrix of so many rows. */
export function rowOf(vectors: Float32Array, q: number, rows: number): Float32Array {
  const dimension = vectors.length / rows
  return vectors.subarray(q * dimension, (q + 1) * dimension)
}

function combine(
  views: readonly (readonly Float64Array[])[],
  weighting: Weighting,
  combined: Float64Array,
): void {
  const counted = [...weighting.keys()].filter((e) => weighting[e] !== 0)
  combined.fill(Number.NEGATIVE_INFINITY)
  for (const scores of views)
    for (let row = 0; row < combined.length; row++) {
      let sum = 0
      for (let i = 0; i < counted.length; i++)
        sum += weighting[counted[i]!]! * scores[counted[i]!]![row]!
      if (!(sum <= combined[row]!)) combined[row] = sum
    }
}

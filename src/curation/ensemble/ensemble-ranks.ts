import { shapeError } from '../../core/index.ts'
import { type Label, rankOfBest } from '../../metrics/index.ts'
import { openScoreMatrix, type ScoreMatrix } from './score-matrix.ts'

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
 * The encoders' own scores are computed once, whatever the number of weightings, some queries at a time.
 * @returns [weightings] of [Q] ranks from 1; Infinity where the gallery has no such picture
 * @throws Shape when vectors, labels and weightings do not fit together
 * @see Ahemad et al. 2024, eq. 3
 */
export async function ensembleRanks(
  retrieval: EnsembleRetrieval,
  weightings: readonly Weighting[],
): Promise<number[][]> {
  const { queries, queryLabels, gallery, galleryLabels } = retrieval
  for (const weighting of weightings)
    if (weighting.length !== gallery.length)
      throw shapeError(
        `ensembleRanks: got ${weighting.length} weights for ${gallery.length} encoders`,
      )
  const ranks = weightings.map((): number[] => [])
  const [total, rows] = [queryLabels.length, galleryLabels.length]
  if (total === 0) return ranks
  if (rows === 0) return ranks.map(() => queryLabels.map(() => Number.POSITIVE_INFINITY))
  const held = rows * gallery.length * queries.length
  const most = Math.max(1, Math.min(total, Math.floor(heldAtMost / held), 64))
  const matrices = new Map<number, ScoreMatrix>()
  try {
    for (const { length } of gallery) {
      const dimension = length / rows
      if (!matrices.has(dimension))
        matrices.set(dimension, await openScoreMatrix({ rows, dimension, most }))
    }
    const combined = new Float64Array(rows)
    for (let start = 0; start < total; start += most) {
      const end = Math.min(start + most, total)
      const own: Float32Array[][] = []
      for (const view of queries) {
        const scores: Float32Array[] = []
        for (const [e, vectors] of view.entries()) {
          const dimension = vectors.length / total
          const some = vectors.subarray(start * dimension, end * dimension)
          scores.push(await matrices.get(dimension)!.of(some, gallery[e]!))
        }
        own.push(scores)
      }
      for (let q = start; q < end; q++) {
        const at = (q - start) * rows
        const views = own.map((view) => view.map((scores) => scores.subarray(at, at + rows)))
        for (const [w, weighting] of weightings.entries()) {
          combine(views, weighting, combined)
          ranks[w]!.push(rankOfBest(combined, (row) => galleryLabels[row] === queryLabels[q]))
        }
      }
    }
  } finally {
    for (const matrix of matrices.values()) await matrix.close()
  }
  return ranks
}

/** Scores in memory at once: 64 MiB of them. */
const heldAtMost = 2 ** 24

/** Row q of a matrix of so many rows. */
export function rowOf(vectors: Float32Array, q: number, rows: number): Float32Array {
  const dimension = vectors.length / rows
  return vectors.subarray(q * dimension, (q + 1) * dimension)
}

function combine(
  views: readonly (readonly Float32Array[])[],
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

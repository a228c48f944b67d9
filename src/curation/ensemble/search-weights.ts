import { invalidInput } from '../../core/index.ts'
import { type RetrievalTable, tableOfRanks } from '../../metrics/index.ts'
import type { EnsembleRetrieval, Weighting } from './ensemble-ranks.ts'

/** How well one weighting did. */
export interface WeightTrial {
  readonly weights: Weighting
  readonly table: RetrievalTable
}

/** Ranks of the right answer under each weighting, as `ensembleRanks` gives them. */
export type RanksOf = (
  retrieval: EnsembleRetrieval,
  weightings: readonly Weighting[],
) => number[][] | Promise<number[][]>

/** What {@link searchWeights} found. */
export interface WeightSearch {
  readonly best: WeightTrial
  /** All of them, in the order of the grid. */
  readonly trials: readonly WeightTrial[]
}

/**
 * All weights of some encoders that are multiples of 1 / steps and add up to 1, the first encoder's
 * falling: (steps + n − 1 choose n − 1) of them.
 * @throws InvalidInput when there is no encoder or `steps` is not a positive integer
 */
export function simplexGrid(encoders: number, steps: number): Weighting[] {
  for (const [name, value] of Object.entries({ encoders, steps }))
    if (!Number.isSafeInteger(value) || value < 1)
      throw invalidInput(`simplexGrid: ${name} is ${value}, it must be a positive integer`)
  const parts = (count: number, left: number): number[][] => {
    if (count === 1) return [[left]]
    const all: number[][] = []
    for (let first = left; first >= 0; first--)
      for (const rest of parts(count - 1, left - first)) all.push([first, ...rest])
    return all
  }
  return parts(encoders, steps).map((counts) => counts.map((count) => count / steps))
}

/**
 * Tries every weighting of a grid and takes the best by P@5, then P@1, then mean reciprocal rank; of
 * equals the most even one, then the first of the grid. To be used on validation data only.
 * @throws InvalidInput when there is no query
 * @see Ahemad et al. 2024, figure 7
 */
export async function searchWeights(
  retrieval: EnsembleRetrieval,
  {
    ranksOf,
    steps = 10,
  }: {
    readonly ranksOf: RanksOf
    readonly steps?: number
  },
): Promise<WeightSearch> {
  const grid = simplexGrid(retrieval.gallery.length, steps)
  const found = await ranksOf(retrieval, grid)
  const trials = found.map((ranks, w) => ({
    weights: grid[w]!,
    table: tableOfRanks(ranks, retrieval.galleryLabels.length),
  }))
  const [best] = trials.toSorted(
    (a, b) => byPrecision(a.table, b.table) || unevenness(a.weights) - unevenness(b.weights),
  )
  return { best: best!, trials }
}

/** Orders by P@5, then P@1, then mean reciprocal rank, the best first. */
export function byPrecision(a: RetrievalTable, b: RetrievalTable): number {
  return b.p5 - a.p5 || b.p1 - a.p1 || b.meanReciprocalRank - a.meanReciprocalRank
}

/** Σ λ², rounded so that sums in another order are no other. */
function unevenness(weights: Weighting): number {
  return Math.round(weights.reduce((sum, weight) => sum + weight ** 2, 0) * 1e9)
}

import { invalidInput } from '../core/index.ts'

/**
 * Mean over queries of whether the right product is among the first k results.
 *
 *   P@k = 1/Q Σ_q [rank_q ≤ k]
 *
 * @param ranks [Q] rank of the first right result of each query, from 1; Infinity when there is none
 * @returns 0 to 1
 * @throws InvalidInput when there is no query or k is not a positive integer
 * @see Ahemad et al. 2024, section 3 (retrieval method)
 */
export function precisionAtK(ranks: readonly number[], k: number): number {
  if (!Number.isInteger(k) || k < 1)
    throw invalidInput(`precisionAtK: k is ${k}, it must be a positive integer; 5 is usual`)
  return meanOf(ranks, (rank) => (rank <= k ? 1 : 0))
}

/**
 * Mean over queries of one over the rank of the first right result, 0 where there is none.
 *
 *   MRR = 1/Q Σ_q 1 / rank_q
 *
 * @param ranks as for {@link precisionAtK}
 * @returns 0 to 1
 * @throws InvalidInput when there is no query
 */
export function meanReciprocalRank(ranks: readonly number[]): number {
  return meanOf(ranks, (rank) => 1 / rank)
}

function meanOf(ranks: readonly number[], value: (rank: number) => number): number {
  if (ranks.length === 0)
    throw invalidInput('metrics: there are no queries to average over; give at least one')
  return ranks.reduce((sum, rank) => sum + value(rank), 0) / ranks.length
}

import { type FusionOptions, fuse, type RankedRow } from './ranked-row.ts'

/** The constant of the paper that every vector database took over. */
const damping = 60

/**
 * Fusion of top-k lists by rank alone.
 *
 *   s(u) = Σ_l λ_l / (60 + rank_l(u))    over the lists that have u, ranks from 1
 *
 * @throws InvalidInput when `top` is not a positive integer; Shape when weights and lists disagree
 * @see Cormack, Clarke and Buettcher 2009, Reciprocal rank fusion outperforms Condorcet
 */
export function reciprocalRankFusion(
  lists: readonly (readonly RankedRow[])[],
  options: FusionOptions,
): RankedRow[] {
  const give = (_: readonly RankedRow[], at: number): number => 1 / (damping + at + 1)
  return fuse('reciprocalRankFusion', lists, { ...options, give })
}

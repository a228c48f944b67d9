import { invalidInput } from '../../core/index.ts'
import { type FusionOptions, fuse, type RankedRow } from './ranked-row.ts'

/** The constant of the paper that every vector database took over. */
const usual = 60

/**
 * Fusion of top-k lists by rank alone.
 *
 *   s(u) = Σ_l λ_l / (c + rank_l(u))    over the lists that have u, ranks from 1
 *
 * @param options with `constant` c, 60 where it is left out: the larger, the less the first ranks stand out
 * @throws InvalidInput when `top` is not a positive integer or the constant is negative; Shape when weights
 *   and lists disagree
 * @see Cormack, Clarke and Buettcher 2009, Reciprocal rank fusion outperforms Condorcet
 */
export function reciprocalRankFusion(
  lists: readonly (readonly RankedRow[])[],
  options: FusionOptions & { readonly constant?: number },
): RankedRow[] {
  const { constant = usual } = options
  if (!(constant >= 0))
    throw invalidInput(
      `reciprocalRankFusion: the constant is ${constant}, it must be 0 or more; ${usual} is usual`,
    )
  const give = (_: readonly RankedRow[], at: number): number => 1 / (constant + at + 1)
  return fuse('reciprocalRankFusion', lists, { ...options, give })
}

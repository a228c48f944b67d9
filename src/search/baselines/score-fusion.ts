import { type FusionOptions, fuse, type RankedRow } from './ranked-row.ts'

/**
 * Weighted fusion of the scores of top-k lists, as vector databases do it: each list is brought to
 * 0 to 1 by its own least and largest score.
 *
 *   s(u) = Σ_l λ_l (s_l(u) − min s_l) / (max s_l − min s_l)    over the lists that have u
 *
 * A list of equal scores gives each of its rows 1.
 * @throws InvalidInput when `top` is not a positive integer; Shape when weights and lists disagree
 */
export function scoreFusion(
  lists: readonly (readonly RankedRow[])[],
  options: FusionOptions,
): RankedRow[] {
  const ranges = new Map(lists.map((list) => [list, rangeOf(list)]))
  const give = (list: readonly RankedRow[], at: number): number => {
    const [least, most] = ranges.get(list)!
    return most === least ? 1 : (list[at]!.score - least) / (most - least)
  }
  return fuse('scoreFusion', lists, { ...options, give })
}

function rangeOf(list: readonly RankedRow[]): readonly [number, number] {
  let [least, most] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (const { score } of list) {
    least = Math.min(least, score)
    most = Math.max(most, score)
  }
  return [least, most]
}

import { assertTop, type RankedRow } from './ranked-row.ts'

/**
 * One list of several by taking from each in turn: the first of every list, then the second, and so
 * on, a row once. The paper's first baseline: it can only show what some list has on top.
 * @returns at most `top` rows; their scores are those of the lists they were taken from
 * @throws InvalidInput when `top` is not a positive integer
 * @see Ahemad et al. 2024, section 2.4
 */
export function equalSampling(
  lists: readonly (readonly RankedRow[])[],
  { top }: { readonly top: number },
): RankedRow[] {
  assertTop('equalSampling', top)
  const taken = new Map<number, RankedRow>()
  const longest = Math.max(0, ...lists.map(({ length }) => length))
  for (let rank = 0; rank < longest; rank++)
    for (const list of lists) {
      const found = list[rank]
      if (found === undefined || taken.has(found.row)) continue
      taken.set(found.row, { row: found.row, score: found.score })
      if (taken.size === top) return [...taken.values()]
    }
  return [...taken.values()]
}

import { type Hit, type NearestOptions, tieWidth } from './nearest.ts'

/**
 * One list of several, in which a picture or product has the best of its scores: the nearest hits by
 * the largest score over some queries.
 *
 *   score(u) = max_v score_v(u)
 *
 * Exact when each list has as many hits as are wanted: whatever is among the first k of the maximum is
 * among the first k of the list that gives its maximum. Ties as in a search.
 * @see Ahemad et al. 2024, section 3 (test-time augmentation)
 */
export function bestOfLists(
  lists: readonly (readonly Hit[])[],
  { top, by }: Pick<NearestOptions, 'top' | 'by'>,
): Hit[] {
  const best = new Map<string | number, Hit>()
  for (const hit of lists.flat()) {
    const key = by === 'product' ? hit.product : hit.row
    const known = best.get(key)
    if (known === undefined || hit.score > known.score) best.set(key, hit)
  }
  const sorted = [...best.values()].sort((a, b) => b.score - a.score || a.row - b.row)
  const merged: Hit[] = []
  for (let start = 0; start < sorted.length && merged.length < top; ) {
    let end = start + 1
    while (end < sorted.length && sorted[start]!.score - sorted[end]!.score < tieWidth) end++
    merged.push(...sorted.slice(start, end).sort((a, b) => a.row - b.row))
    start = end
  }
  return merged.slice(0, top)
}

import type { Entry, VectorIndex } from '../../search/index.ts'
import { type AlikeRows, type PairsAboveOptions, pairsAbove } from './pairs-above.ts'

/** A picture of a group. */
export interface DuplicateMember extends Entry {
  /** That with the member most like it. */
  readonly score: number
}

/** Pictures that are linked by pairs that are alike. */
export interface DuplicateGroup {
  /** The two most alike first. */
  readonly members: readonly DuplicateMember[]
  readonly pairs: readonly {
    readonly one: Entry
    readonly two: Entry
    readonly score: number
  }[]
  /** The highest and the lowest score of its pairs. */
  readonly best: number
  readonly least: number
}

/** What {@link findDuplicates} looks for. */
export interface FindDuplicatesOptions extends Omit<PairsAboveOptions, 'counts'> {
  /** Whether pictures of one product count as duplicates of each other; default: no. */
  readonly withinProducts?: boolean
}

/**
 * Groups of pictures that are almost the same inside an index, the most alike first. Two pictures are in a
 * group where a chain of pairs that reach the threshold leads from one to the other.
 * @throws as {@link pairsAbove}
 */
export async function findDuplicates(
  index: Pick<VectorIndex, 'count' | 'dimension' | 'entries' | 'search' | 'vectors'>,
  { withinProducts = false, ...options }: FindDuplicatesOptions,
): Promise<DuplicateGroup[]> {
  const { entries } = index
  const counts = (one: number, two: number): boolean =>
    withinProducts || entries[one]!.product !== entries[two]!.product
  const pairs = await pairsAbove(index, { ...options, counts })
  return connected(pairs)
    .map((group) => groupOf(group, entries))
    .sort((a, b) => b.best - a.best)
}

/** The pairs by the group that they belong to. */
function connected(pairs: readonly AlikeRows[]): AlikeRows[][] {
  const parents = new Map<number, number>()
  const rootOf = (row: number): number => {
    let root = row
    while (parents.has(root)) root = parents.get(root)!
    // the way is shortened for those who come after
    for (let at = row; at !== root; ) {
      const next = parents.get(at)!
      parents.set(at, root)
      at = next
    }
    return root
  }
  for (const { one, two } of pairs) {
    const [a, b] = [rootOf(one), rootOf(two)]
    if (a !== b) parents.set(Math.max(a, b), Math.min(a, b))
  }
  return [...Map.groupBy(pairs, ({ one }) => rootOf(one)).values()]
}

function groupOf(pairs: readonly AlikeRows[], entries: readonly Entry[]): DuplicateGroup {
  const closest = new Map<number, number>()
  for (const { one, two, score } of pairs)
    for (const row of [one, two])
      closest.set(row, Math.max(closest.get(row) ?? Number.NEGATIVE_INFINITY, score))
  const rows = [...closest].sort(([a, s], [b, t]) => t - s || a - b)
  const scores = pairs.map(({ score }) => score)
  return {
    members: rows.map(([row, score]) => ({ ...entries[row]!, score })),
    pairs: pairs.map(({ one, two, score }) => ({ one: entries[one]!, two: entries[two]!, score })),
    best: scores.reduce((a, b) => Math.max(a, b)),
    least: scores.reduce((a, b) => Math.min(a, b)),
  }
}

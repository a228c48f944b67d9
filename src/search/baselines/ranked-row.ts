import { invalidInput, shapeError } from '../../core/index.ts'

/** A row of an index in a ranking; a hit is one. */
export interface RankedRow {
  readonly row: number
  readonly score: number
}

/** How lists are fused. */
export interface FusionOptions {
  /** At most this many rows. */
  readonly top: number
  /** [lists] how much each list counts; default: all the same. */
  readonly weights?: readonly number[]
}

/**
 * One list of several whose rows are sorted by the weighted sum of what each list gives them; a row
 * that a list lacks gets nothing from it. Ties by row.
 */
export function fuse(
  place: string,
  lists: readonly (readonly RankedRow[])[],
  options: FusionOptions & { readonly give: (list: readonly RankedRow[], at: number) => number },
): RankedRow[] {
  const { top, give, weights = lists.map(() => 1 / lists.length) } = options
  assertTop(place, top)
  if (weights.length !== lists.length)
    throw shapeError(`${place}: got ${weights.length} weights for ${lists.length} lists`)
  const sums = new Map<number, number>()
  for (const [l, list] of lists.entries())
    for (const [at, { row }] of list.entries())
      sums.set(row, (sums.get(row) ?? 0) + weights[l]! * give(list, at))
  return [...sums]
    .map(([row, score]) => ({ row, score }))
    .sort((a, b) => b.score - a.score || a.row - b.row)
    .slice(0, top)
}

/** @throws InvalidInput when it is not a positive integer */
export function assertTop(place: string, top: number): void {
  if (!Number.isSafeInteger(top) || top < 1)
    throw invalidInput(`${place}: top is ${top}, it must be a positive integer; 5 is usual`)
}

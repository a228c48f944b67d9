import { invalidInput, type Progress, silent, throwIfAborted } from '../../core/index.ts'
import type { EncoderWeights, VectorIndex } from '../../search/index.ts'

/** Two rows of an index that are alike. */
export interface AlikeRows {
  readonly one: number
  /** Greater than `one`. */
  readonly two: number
  readonly score: number
}

/** What {@link pairsAbove} looks for. */
export interface PairsAboveOptions {
  /** The lowest score of a pair. */
  readonly threshold: number
  readonly weights?: EncoderWeights | undefined
  /** Which pairs count; default: all. */
  readonly counts?: (one: number, two: number) => boolean
  readonly progress?: Progress
  readonly signal?: AbortSignal
}

/** Rows that are asked for together, and how many neighbours each is asked for at first. */
const [block, firstTop, mostPairs] = [64, 8, 1_000_000] as const

/**
 * Every pair of rows whose score reaches a threshold: exact, block by block. A row whose neighbours all reach
 * it is asked for four times as many. Of an index with the method hnsw it is nearly every pair.
 * @throws InvalidInput when there are more than a million; Cancelled
 */
export async function pairsAbove(
  index: Pick<VectorIndex, 'count' | 'dimension' | 'search' | 'vectors'>,
  { threshold, weights, counts = () => true, progress = silent, signal }: PairsAboveOptions,
): Promise<AlikeRows[]> {
  const { count, dimension } = index
  const found: AlikeRows[] = []
  for (let start = 0; start < count; start += block) {
    throwIfAborted(signal, 'duplicates')
    const rows = await index.vectors(start, block)
    const size = rows.length / dimension
    let open = Array.from({ length: size }, (_, i) => i)
    for (let top = firstTop; open.length > 0; top *= 4) {
      const unfinished: number[] = []
      // the more neighbours, the fewer rows at once: hits take memory
      const together = Math.max(1, Math.floor((block * firstTop) / top))
      for (let i = 0; i < open.length; i += together) {
        const some = open.slice(i, i + together)
        const queries = new Float32Array(some.length * dimension)
        some.forEach((row, k) => {
          queries.set(rows.subarray(row * dimension, (row + 1) * dimension), k * dimension)
        })
        const hits = await index.search(queries, {
          top,
          ...(weights === undefined ? {} : { weights }),
          ...(signal === undefined ? {} : { signal }),
        })
        for (const [k, list] of hits.entries()) {
          const reached = list.filter(({ score }) => score >= threshold)
          if (reached.length === list.length && top < count) unfinished.push(some[k]!)
          else
            for (const { row: two, score } of reached) {
              const one = start + some[k]!
              if (two > one && counts(one, two)) found.push({ one, two, score })
            }
        }
        if (found.length > mostPairs)
          throw invalidInput(
            `duplicates: more than ${mostPairs} pairs reach ${threshold}; take a higher threshold`,
          )
      }
      open = unfinished
    }
    const done = Math.min(start + block, count)
    progress({ task: 'Comparing pictures', done, total: count, unit: 'pictures' })
  }
  return found
}

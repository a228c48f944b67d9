import type { Entry } from './entry.ts'
import type { MappedGeneration } from './mapped-generation.ts'
import type { ScanOptions } from './mapped-rows.ts'

/** A picture of the index that a search found. */
export interface Hit extends Entry {
  /** Cosine with the query; with several encoders their weighted mean. */
  readonly score: number
  /** The picture's row in the index. */
  readonly row: number
}

/** A search in one generation. */
export interface NearestOptions extends Omit<ScanOptions, 'k' | 'only'> {
  /** At most this many hits a query. */
  readonly top: number
  /** What a hit stands for: a picture, or a product by its best picture. */
  readonly by: 'picture' | 'product'
  /** Only pictures of these products count; default: all. */
  readonly products?: ReadonlySet<string> | undefined
}

/** Ranked rows of one query. */
interface Ranking {
  /** [k] largest first */
  readonly scores: Float32Array
  /** [k] */
  readonly rows: Int32Array
  /** No other row scores higher. */
  readonly beyond: number
}

/**
 * Scores closer than this are a tie. The matrix product rounds a row's score differently by where
 * the row lies and how many queries come together, by about 1e-7 for vectors of unit length.
 */
export const tieWidth = 2 ** -20
const spare = 8

/**
 * The nearest pictures or products of every query: as exact as the scans of the generation, ties by row.
 *
 * A query is finished when the pictures asked for hold enough hits and no other can reach the tie of
 * the last one; the others are asked again for four times as many.
 */
export async function nearest(
  generation: MappedGeneration,
  { queries, top, by, products, signal }: NearestOptions,
): Promise<Hit[][]> {
  const { dimension } = generation.manifest
  const hits: Hit[][] = Array.from({ length: queries.length / dimension }, () => [])
  const choice = products === undefined ? undefined : generation.choose(products)
  const only = choice?.rows
  const count = only?.length ?? generation.manifest.count
  const { productCount } = choice ?? generation
  const wanted = Math.min(top, by === 'product' ? productCount : count)
  let open = wanted === 0 ? [] : [...hits.keys()]
  for (let k = wanted * (by === 'product' ? 2 : 1) + spare; open.length > 0; k *= 4) {
    const unfinished: number[] = []
    let asked = 0
    const some = pick(queries, open, dimension)
    const options = { queries: some, k: Math.min(k, count), only, signal }
    for await (const scan of generation.scan(options))
      for (let query = 0; query < scan.queries; query++) {
        const span = [query * scan.k, (query + 1) * scan.k] as const
        const scores = scan.scores.subarray(...span)
        const { beyond = scores.at(-1) ?? Number.NEGATIVE_INFINITY } = scan
        const ranking = { scores, rows: scan.rows.subarray(...span), beyond }
        const found = firstHits({ ranking, entries: generation.entries, count, wanted, by })
        const place = open[asked++]!
        if (found === undefined) unfinished.push(place)
        else hits[place] = found
      }
    open = unfinished
  }
  return hits
}

/** What {@link firstHits} looks at. */
interface FirstHitsOptions extends Pick<NearestOptions, 'by'> {
  readonly ranking: Ranking
  readonly entries: readonly Entry[]
  /** Rows that there are to be ranked. */
  readonly count: number
  readonly wanted: number
}

/** The first `wanted` hits of a ranking, or undefined when it is too short to tell. */
function firstHits({ ranking, entries, count, wanted, by }: FirstHitsOptions): Hit[] | undefined {
  const { scores, rows, beyond } = ranking
  const seen = new Set<string>()
  const hits: Hit[] = []
  for (let start = 0; start < rows.length; ) {
    const score = scores[start]!
    let end = start + 1
    while (end < rows.length && score - scores[end]! < tieWidth) end++
    if (score - beyond < tieWidth && rows.length < count) return undefined
    for (const row of rows.subarray(start, end).sort()) {
      const entry = entries[row]!
      if (by === 'product' && seen.has(entry.product)) continue
      seen.add(entry.product)
      hits.push({ product: entry.product, picture: entry.picture, score, row })
      if (hits.length === wanted) return hits
    }
    start = end
  }
  return undefined
}

/** Some of the queries, in a row. */
function pick(queries: Float32Array, chosen: readonly number[], dimension: number): Float32Array {
  if (chosen.length * dimension === queries.length) return queries
  const picked = new Float32Array(chosen.length * dimension)
  chosen.forEach((query, i) => {
    picked.set(queries.subarray(query * dimension, (query + 1) * dimension), i * dimension)
  })
  return picked
}

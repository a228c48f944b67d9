import { firstRightRank, precisionAtK } from '../../metrics/index.ts'
import type { VectorIndex } from '../../search/index.ts'

/** A query that stands in the index itself. */
export interface IndexedQuery {
  readonly product: string
  /** [D] */
  readonly vector: Float32Array
}

/** What {@link attributeRetrieval} takes. */
export interface AttributeRetrievalOptions {
  /** With one picture a product. */
  readonly index: VectorIndex
  readonly queries: readonly IndexedQuery[]
  /** What must be the same, by product; products that are not in it are no queries and never right. */
  readonly labels: ReadonlyMap<string, string>
  readonly signal?: AbortSignal
}

/** How often the nearest other products have the same attributes; shares are from 0 to 1. */
export interface AttributeFigures {
  readonly queries: number
  readonly gallery: number
  /** Queries with the same label on any other product: no encoder finds more. */
  readonly possible: number
  /** One of the nearest k others has the label. */
  readonly p1: number
  readonly p5: number
  /** Of the nearest five others, how many have it. */
  readonly shareOf5: number
  /** What p5 would be if five others were drawn by lot. */
  readonly chanceP5: number
}

const deepest = 5
const atOnce = 256

/**
 * Leave-one-out retrieval by attributes: every query looks among all products but itself.
 * @throws InvalidInput when no query has a label; Cancelled
 */
export async function attributeRetrieval({
  index,
  queries,
  labels,
  signal,
}: AttributeRetrievalOptions): Promise<AttributeFigures> {
  const labelled = queries.filter(({ product }) => labels.has(product))
  const counts = new Map<string, number>()
  for (const { product } of index.entries) {
    const label = labels.get(product)
    if (label !== undefined) counts.set(label, (counts.get(label) ?? 0) + 1)
  }
  const ranks: number[] = []
  let found = 0
  for (let start = 0; start < labelled.length; start += atOnce) {
    const some = labelled.slice(start, start + atOnce)
    const vectors = rowsOf(some, index.dimension)
    const stop = signal === undefined ? {} : { signal }
    const hits = await index.search(vectors, { top: deepest + 1, ...stop })
    for (const [i, { product }] of some.entries()) {
      const others = hits[i]!.filter((hit) => hit.product !== product).slice(0, deepest)
      const seen = others.map((hit) => labels.get(hit.product) ?? '')
      const label = labels.get(product)!
      ranks.push(firstRightRank(seen, label))
      found += seen.filter((one) => one === label).length
    }
  }
  const others = index.count - 1
  const alike = labelled.map(({ product }) => counts.get(labels.get(product)!)! - 1)
  return {
    queries: labelled.length,
    gallery: others,
    possible: alike.filter((count) => count > 0).length / labelled.length,
    p1: precisionAtK(ranks, 1),
    p5: precisionAtK(ranks, deepest),
    shareOf5: found / (labelled.length * Math.min(deepest, others)),
    chanceP5: alike.reduce((sum, count) => sum + byLot(count, others), 0) / labelled.length,
  }
}

/** Probability that one of five drawn from `others` is among the `alike`: 1 − C(n − m, 5) / C(n, 5). */
function byLot(alike: number, others: number): number {
  let none = 1
  for (let i = 0; i < Math.min(deepest, others); i++)
    none *= Math.max(0, others - alike - i) / (others - i)
  return 1 - none
}

function rowsOf(queries: readonly IndexedQuery[], dimension: number): Float32Array {
  const rows = new Float32Array(queries.length * dimension)
  for (const [i, { vector }] of queries.entries()) rows.set(vector, i * dimension)
  return rows
}

import { type Progress, silent, throwIfAborted } from '../core/index.ts'
import type { Box, Picture } from '../data/index.ts'
import { firstRightRank, precisionAtK } from '../metrics/index.ts'
import type { SheetRow } from './contact-sheet.ts'
import { sheetRow } from './contact-sheet-row.ts'
import type { FileThumbnails } from './contact-sheet-thumbnail.ts'
import type { SearchableCatalogue } from './search-catalogue.ts'

/** A query whose right answer is known. */
export interface DemoQuery {
  /** What is encoded. */
  readonly picture: Picture
  /** The picture or frame that it is a part of; default: itself. */
  readonly whole?: Picture
  readonly box?: Box
  readonly caption: string
  /** Id of the product that it shows. */
  readonly truth: string
}

/** What {@link measureQueries} takes. */
export interface MeasureOptions {
  readonly catalogue: SearchableCatalogue
  readonly queries: AsyncIterable<DemoQuery>
  /** How many there will be. */
  readonly total: number
  /** What is measured, for progress. */
  readonly task: string
  /** How many are to be shown, evenly spread over all; default 12. */
  readonly shown?: number
  readonly thumbnails: FileThumbnails
  readonly progress?: Progress
  readonly signal?: AbortSignal
}

/** Precision of some queries; shares are from 0 to 1 and count products, not pictures. */
export interface DemoFigures {
  readonly queries: number
  readonly products: number
  readonly pictures: number
  readonly p1: number
  readonly p5: number
  readonly p10: number
  /** What guessing would get: k / products. */
  readonly chance: { readonly p1: number; readonly p5: number; readonly p10: number }
  readonly seconds: number
}

const batchSize = 32
const deepest = 10

/** Searches with every query and counts how often the right product is among the first 1, 5, 10. */
export async function measureQueries(
  options: MeasureOptions,
): Promise<{ readonly figures: DemoFigures; readonly rows: SheetRow[] }> {
  const { catalogue, queries, total, task, shown = 12, thumbnails } = options
  const { progress = silent, signal } = options
  const startedAt = performance.now()
  const toShow = new Set(Array.from({ length: shown }, (_, i) => Math.floor((i * total) / shown)))
  const ranks: number[] = []
  const rows: SheetRow[] = []
  const stop = signal === undefined ? {} : { signal }
  const answer = async (batch: readonly DemoQuery[]): Promise<void> => {
    throwIfAborted(signal, 'demo')
    const pictures = batch.map(({ picture }) => picture)
    const found = await catalogue.search({ pictures, top: deepest, ...stop })
    for (const [i, { picture, whole = picture, box, caption, truth }] of batch.entries()) {
      const hits = found[i] ?? []
      if (toShow.has(ranks.length)) {
        const title = catalogue.products.get(truth)?.title ?? truth
        const search = { whole, box, caption, hits, truth: { product: truth, title } }
        rows.push(await sheetRow(search, { thumbnails }))
      }
      ranks.push(
        firstRightRank(
          hits.map(({ product }) => product),
          truth,
        ),
      )
    }
    progress({ task, done: ranks.length, total, unit: 'queries' })
  }
  let batch: DemoQuery[] = []
  for await (const query of queries) {
    batch.push(query)
    if (batch.length < batchSize) continue
    await answer(batch)
    batch = []
  }
  if (batch.length > 0) await answer(batch)
  const products = catalogue.products.size
  const chance = (k: number): number => Math.min(1, k / products)
  return {
    figures: {
      queries: ranks.length,
      products,
      pictures: catalogue.pictures,
      p1: precisionAtK(ranks, 1),
      p5: precisionAtK(ranks, 5),
      p10: precisionAtK(ranks, 10),
      chance: { p1: chance(1), p5: chance(5), p10: chance(10) },
      seconds: (performance.now() - startedAt) / 1000,
    },
    rows,
  }
}

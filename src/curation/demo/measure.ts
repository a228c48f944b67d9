import { type Progress, silent, throwIfAborted } from '../../core/index.ts'
import type { Box, FileThumbnails, Picture } from '../../data/index.ts'
import type { PictureEncoder } from '../../encoders/index.ts'
import { firstRightRank, precisionAtK } from '../../metrics/index.ts'
import type { CatalogueHit, SearchableCatalogue } from '../catalogue/search-catalogue.ts'
import type { SheetRow } from '../contact-sheet/contact-sheet.ts'
import { type ShownSearch, sheetRow } from '../contact-sheet/row.ts'

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
  readonly encoder: PictureEncoder
  /** Every query is searched in each of these; all were made by the encoder. */
  readonly catalogues: readonly SearchableCatalogue[]
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
  readonly queryCount: number
  readonly productCount: number
  readonly pictureCount: number
  readonly p1: number
  readonly p5: number
  readonly p10: number
  /** What guessing would get: k / products. */
  readonly chance: { readonly p1: number; readonly p5: number; readonly p10: number }
}

/** How one catalogue answered. */
export interface Measured {
  readonly figures: DemoFigures
  readonly rows: SheetRow[]
}

const batchSize = 32
const deepest = 10

/**
 * Searches with every query and counts how often the right product is among the first 1, 5, 10.
 * @returns one answer a catalogue
 */
export async function measureQueries(options: MeasureOptions): Promise<Measured[]> {
  const { encoder, catalogues, total, task, shown = 12, thumbnails } = options
  const { progress = silent, signal } = options
  const stop = signal === undefined ? {} : { signal }
  const toShow = new Set(Array.from({ length: shown }, (_, i) => Math.floor((i * total) / shown)))
  const answers = catalogues.map(() => ({ ranks: [] as number[], rows: [] as SheetRow[] }))
  let done = 0
  for await (const batch of batchesOf(options.queries, batchSize)) {
    throwIfAborted(signal, 'demo')
    const queries = await encoder.encode(
      batch.map(({ picture }) => picture),
      stop,
    )
    for (const [c, catalogue] of catalogues.entries()) {
      const { ranks, rows } = answers[c]!
      const found = await catalogue.search({ queries, top: deepest, ...stop })
      for (const [i, query] of batch.entries()) {
        const hits = found[i]!
        ranks.push(rankOf(query, hits))
        if (toShow.has(done + i))
          rows.push(await sheetRow(shownSearch(query, hits, catalogue), { thumbnails }))
      }
    }
    done += batch.length
    progress({ task, done, total, unit: 'queries' })
  }
  return catalogues.map((catalogue, c) => ({
    figures: figuresOf(answers[c]!.ranks, catalogue),
    rows: answers[c]!.rows,
  }))
}

function figuresOf(ranks: readonly number[], catalogue: SearchableCatalogue): DemoFigures {
  const products = catalogue.products.size
  const chance = (k: number): number => Math.min(1, k / products)
  return {
    queryCount: ranks.length,
    productCount: products,
    pictureCount: catalogue.pictures,
    p1: precisionAtK(ranks, 1),
    p5: precisionAtK(ranks, 5),
    p10: precisionAtK(ranks, 10),
    chance: { p1: chance(1), p5: chance(5), p10: chance(10) },
  }
}

function rankOf({ truth }: DemoQuery, hits: readonly CatalogueHit[]): number {
  return firstRightRank(
    hits.map(({ product }) => product),
    truth,
  )
}

function shownSearch(
  { picture, whole = picture, box, caption, truth }: DemoQuery,
  hits: readonly CatalogueHit[],
  { products }: SearchableCatalogue,
): ShownSearch {
  const title = products.get(truth)?.title ?? truth
  return { whole, box, caption, hits, truth: { product: truth, title } }
}

async function* batchesOf<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
  let batch: T[] = []
  for await (const item of items) {
    batch.push(item)
    if (batch.length < size) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

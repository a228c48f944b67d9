import type { Progress } from '../../core/index.ts'
import type { Catalogue, FileThumbnails } from '../../data/index.ts'
import type { PictureEncoder } from '../../encoders/index.ts'
import type { IndexReport } from '../catalogue/index-catalogue.ts'
import { openCatalogue, type SearchableCatalogue } from '../catalogue/search-catalogue.ts'
import type { SheetRow } from '../contact-sheet/contact-sheet.ts'
import { type DemoFigures, type DemoQuery, measureQueries } from './measure.ts'
import { refreshIndex } from './refresh-index.ts'

/** What every part of the demo works with. */
export interface DemoContext {
  readonly encoder: PictureEncoder
  readonly thumbnails: FileThumbnails
  readonly progress?: Progress
  readonly signal?: AbortSignal
}

/** Queries of one kind against one catalogue. */
export interface DemoTrial {
  /** `wild photos`. */
  readonly queries: string
  /** `catalogue pictures`. */
  readonly gallery: string
  readonly figures: DemoFigures
  /** Some of the queries with their hits. */
  readonly rows: readonly SheetRow[]
}

/** How long a stage of the demo took. */
export interface DemoStage {
  readonly name: string
  readonly seconds: number
}

/** A part of the demo when it is done. */
export interface DemoPart {
  readonly name: string
  /** What it was searched with. */
  readonly encoder: Pick<PictureEncoder, 'name' | 'hash' | 'dimension' | 'pictureSize'>
  readonly indexing: readonly IndexReport[]
  readonly trials: readonly DemoTrial[]
  readonly stages: readonly DemoStage[]
}

/** A catalogue to be searched. */
export interface DemoGallery {
  /** `catalogue pictures`. */
  readonly name: string
  readonly catalogue: Catalogue
  /** Where its index goes. */
  readonly folder: string
}

/** Queries of one kind. */
export interface DemoQueries {
  /** `wild photos`. */
  readonly name: string
  readonly total: number
  make(): AsyncIterable<DemoQuery>
}

/** What {@link runPart} takes. */
export interface PartOptions extends DemoContext {
  readonly name: string
  readonly galleries: readonly DemoGallery[]
  readonly queries: readonly DemoQueries[]
}

/** Indexes catalogues, as far as they are not indexed yet, and searches each with all queries. */
export async function runPart(options: PartOptions): Promise<DemoPart> {
  const { name, galleries, queries, encoder, thumbnails, progress, signal } = options
  const watched = {
    ...(progress === undefined ? {} : { progress }),
    ...(signal === undefined ? {} : { signal }),
  }
  const stages: DemoStage[] = []
  const indexing: IndexReport[] = []
  const trials: DemoTrial[] = []
  const catalogues: SearchableCatalogue[] = []
  try {
    for (const { name: gallery, catalogue, folder } of galleries) {
      const report = await refreshIndex({ catalogue, encoder, folder, ...watched })
      indexing.push(report)
      stages.push({ name: `index ${gallery}`, seconds: report.seconds })
      catalogues.push(await openCatalogue(folder, { encoder }))
    }
    for (const { name: kind, total, make } of queries) {
      const startedAt = performance.now()
      const measured = await measureQueries({
        encoder,
        catalogues,
        queries: make(),
        total,
        task: `Searching with ${kind}`,
        thumbnails,
        ...watched,
      })
      for (const [i, { figures, rows }] of measured.entries())
        trials.push({ queries: kind, gallery: galleries[i]!.name, figures, rows })
      const seconds = (performance.now() - startedAt) / 1000
      stages.push({ name: `search with ${kind}`, seconds })
    }
    return { name, encoder, indexing, trials, stages }
  } finally {
    await Promise.all(catalogues.map((catalogue) => catalogue.close()))
  }
}

import type { Progress } from '../core/index.ts'
import type { Catalogue } from '../data/index.ts'
import type { PictureEncoder } from '../encoders/index.ts'
import type { IndexReport } from './catalogue-index.ts'
import type { SheetRow } from './contact-sheet.ts'
import type { FileThumbnails } from './contact-sheet-thumbnail.ts'
import { refreshIndex } from './demo-index.ts'
import { type DemoFigures, type DemoQuery, measureQueries } from './demo-measure.ts'
import { openCatalogue } from './search-catalogue.ts'

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
  readonly rows: readonly SheetRow[]
}

/** What {@link runTrials} takes. */
export interface TrialsOptions extends DemoContext {
  readonly catalogue: Catalogue
  /** How tables call its pictures. */
  readonly gallery: string
  /** Where its index goes. */
  readonly folder: string
  readonly trials: readonly {
    readonly queries: string
    readonly total: number
    readonly make: () => AsyncIterable<DemoQuery>
  }[]
}

/** Indexes a catalogue, as far as it is not indexed yet, and searches it with each kind of query. */
export async function runTrials(
  options: TrialsOptions,
): Promise<{ readonly indexing: IndexReport; readonly trials: DemoTrial[] }> {
  const { catalogue: products, folder, gallery, trials, encoder, thumbnails } = options
  const { progress, signal } = options
  const watched = {
    ...(progress === undefined ? {} : { progress }),
    ...(signal === undefined ? {} : { signal }),
  }
  const indexing = await refreshIndex({ catalogue: products, encoder, folder, ...watched })
  const catalogue = await openCatalogue(folder, { encoder })
  try {
    const done: DemoTrial[] = []
    for (const { queries, total, make } of trials) {
      const measured = await measureQueries({
        catalogue,
        queries: make(),
        total,
        task: `Searching with ${queries}`,
        thumbnails,
        ...watched,
      })
      done.push({ queries, gallery, ...measured })
    }
    return { indexing, trials: done }
  } finally {
    await catalogue.close()
  }
}

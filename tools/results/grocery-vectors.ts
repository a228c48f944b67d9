import type { Progress } from '../../src/core/index.ts'
import {
  decodeAll,
  type EnsembleRetrieval,
  encodeViews,
  groceryIconic,
  groceryPhotos,
  type LabelledFile,
  meanOfViews,
  queryDecodeSide,
  type Viewing,
} from '../../src/curation/index.ts'
import type { GroceryStore, Picture } from '../../src/data/index.ts'
import { joinEncoders, type PictureEncoder } from '../../src/encoders/index.ts'
import { openCached } from './cached-encoder.ts'
import type { SectionContext } from './context.ts'

/** An encoder of the study: its name there, and a model folder or .onnx file. */
export interface NamedModel {
  readonly name: string
  readonly path: string
}

/** Where queries are looked for: 81 iconic pictures, or these and the train photos. */
export const galleries = ['iconic', 'photos'] as const

/** One of {@link galleries}. */
export type GalleryName = (typeof galleries)[number]

/** The vectors of all encoders of the study. */
export interface GroceryVectors {
  /** The encoders that {@link retrieval} has, in its order. */
  readonly names: readonly string[]
  /** Queries of a split by all encoders, in a gallery. */
  retrieval(asked: {
    readonly split: 'val' | 'test'
    readonly gallery: GalleryName
    readonly viewing: Viewing
  }): EnsembleRetrieval
}

interface Part {
  /** [views] of [encoders] of [N, D_e] */
  readonly views: readonly (readonly Float32Array[])[]
  readonly products: readonly string[]
}

/** Pictures decoded at once. */
const atOnce = 256

/** Encodes photos, with the views of test-time augmentation, and gallery; once a model, see {@link openCached}. */
export async function groceryVectors(
  store: GroceryStore,
  models: readonly NamedModel[],
  context: SectionContext,
): Promise<GroceryVectors> {
  const iconic = groceryIconic(store)
  const files = {
    test: groceryPhotos(store, 'test'),
    val: groceryPhotos(store, 'val'),
    gallery: [...iconic, ...groceryPhotos(store, 'train')],
  }
  const opened = await openAll(models, context)
  const groups = Map.groupBy(opened, queryDecodeSide)
  const names = [...groups.values()].flat().map(({ name }) => name)
  const encodePart = async (part: keyof typeof files): Promise<Part> => {
    const views: Float32Array[][] = []
    for (const [longestSide, encoders] of groups) {
      const viewing = part === 'gallery' ? 'none' : 'max'
      const found = await encodeFiles({
        ...context,
        files: files[part],
        part,
        longestSide,
        encoders,
        viewing,
      })
      for (const [v, view] of found.entries()) views[v] = [...(views[v] ?? []), ...view]
    }
    return { views, products: files[part].map(({ product }) => product) }
  }
  try {
    const parts = {
      test: await encodePart('test'),
      val: await encodePart('val'),
      gallery: await encodePart('gallery'),
    }
    return { names, retrieval: (asked) => retrievalOf(parts, asked, iconic.length) }
  } finally {
    for (const encoder of opened) await encoder.close()
  }
}

async function openAll(
  models: readonly NamedModel[],
  context: SectionContext,
): Promise<PictureEncoder[]> {
  const hashes = new WeakMap<Picture, Buffer>()
  const opened: PictureEncoder[] = []
  for (const { name, path } of models)
    opened.push({ ...(await openCached(path, context, hashes)), name })
  return opened
}

/** @returns [views] of [encoders] of [N, D_e] */
async function encodeFiles(options: {
  readonly files: readonly LabelledFile[]
  readonly part: string
  readonly longestSide: number
  readonly encoders: readonly PictureEncoder[]
  readonly viewing: Viewing
  readonly progress: Progress
  readonly signal: AbortSignal
}): Promise<Float32Array[][]> {
  const { files, part, longestSide, encoders, viewing, progress, signal } = options
  const encoder = joinEncoders(encoders)
  const chunks: Float32Array[][][] = []
  for (let start = 0; start < files.length; start += atOnce) {
    const some = files.slice(start, start + atOnce)
    const { pictures } = await decodeAll(some, { longestSide, signal })
    chunks.push(await encodeViews({ pictures, encoder, viewing, signal }))
    progress({
      task: `Vectors of ${part} by ${encoders.length} encoders`,
      done: Math.min(start + atOnce, files.length),
      total: files.length,
      unit: 'pictures',
    })
  }
  return chunks[0]!.map((view, v) =>
    view.map((_, e) => joined(chunks.map((chunk) => chunk[v]![e]!))),
  )
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const whole = new Float32Array(parts.reduce((sum, { length }) => sum + length, 0))
  let at = 0
  for (const part of parts) {
    whole.set(part, at)
    at += part.length
  }
  return whole
}

function retrievalOf(
  parts: Readonly<Record<'test' | 'val' | 'gallery', Part>>,
  { split, gallery, viewing }: Parameters<GroceryVectors['retrieval']>[0],
  iconic: number,
): EnsembleRetrieval {
  const { views, products } = parts[split]
  const all = parts.gallery.products.length
  const kept = gallery === 'iconic' ? iconic : all
  return {
    queries:
      viewing === 'none' ? views.slice(0, 1) : viewing === 'mean' ? [meanOfViews(views)] : views,
    queryLabels: products,
    gallery: parts.gallery.views[0]!.map((rows) => rows.subarray(0, (rows.length / all) * kept)),
    galleryLabels: parts.gallery.products.slice(0, kept),
  }
}

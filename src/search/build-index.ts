import { access, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { conflict, invalidInput, type Progress, silent, throwIfAborted } from '../core/index.ts'
import { type EncoderWeights, weighedEncoders } from './ensemble-weights.ts'
import { type Entry, EntryTable } from './entry.ts'
import { GenerationWriter } from './generation-writer.ts'
import {
  checkEncoders,
  dimensionOf,
  type IndexedEncoder,
  type IndexManifest,
  type SearchMethod,
  unusedGeneration,
} from './manifest.ts'
import { longestCodedRow } from './row-codes.ts'
import type { Precision } from './row-format.ts'
import { withWriteLock } from './write-lock.ts'

/** A picture with its vector, ready for an index. */
export interface IndexedPicture extends Entry {
  /** [D] the encoders' vectors side by side, of any length but zero */
  readonly vector: Float32Array
}

/** Pictures in a list or as they are encoded, one after another. */
export type PictureSource = Iterable<IndexedPicture> | AsyncIterable<IndexedPicture>

/** What every change of an index takes. */
export interface WriteOptions {
  readonly progress?: Progress
  readonly signal?: AbortSignal
  /** Gives the time that the manifest notes. */
  readonly now?: () => Date
}

/** What a new index holds. */
export interface BuildOptions extends WriteOptions {
  /** The encoders whose vectors lie side by side in a row, in that order. */
  readonly encoders: readonly IndexedEncoder[]
  /** How much each counts in a search that says nothing else; default: all the same. */
  readonly weights?: EncoderWeights
  readonly pictures: PictureSource
  /** How the rows are kept; default f32. */
  readonly precision?: Precision
  /** How they are searched; default exact. */
  readonly method?: SearchMethod
}

/**
 * Builds an index from nothing and puts it in the place of whatever index the folder had, sound
 * or damaged; its readers go on undisturbed until they refresh.
 *
 * @throws Conflict on a picture given twice or while another writer is at work; Shape or Numeric,
 *   naming the picture, on a vector that is not usable; Cancelled. The old index then stays.
 */
export async function buildIndex(
  folder: string,
  { encoders: given, weights, pictures, ...options }: BuildOptions,
): Promise<IndexManifest> {
  const { precision = 'f32', method = 'exact' } = options
  checkEncoders(given)
  if (precision === 'i8' && dimensionOf(given) > longestCodedRow)
    throw invalidInput(
      `index: rows of ${dimensionOf(given)} values are too long for the precision i8, which takes ${longestCodedRow}; take f16`,
    )
  const encoders = weighedEncoders(given, weights)
  await mkdir(folder, { recursive: true })
  return withWriteLock(folder, async (lock) => {
    const generation = await unusedGeneration(folder)
    const writer = await GenerationWriter.open({
      folder,
      generation,
      encoders,
      precision,
      method,
    })
    try {
      await appendAll({ writer, pictures, table: new EntryTable(), ...options })
      return await writer.commit(lock, options.now?.() ?? new Date())
    } finally {
      await writer.discard()
    }
  })
}

/**
 * Makes an empty index.
 * @throws Conflict when the folder has one already
 */
export async function createIndex(
  folder: string,
  { encoders, ...options }: Omit<BuildOptions, 'pictures'>,
): Promise<IndexManifest> {
  const path = join(folder, 'index.json')
  const exists = await access(path).then(
    () => true,
    () => false,
  )
  if (exists) throw conflict(`${path}: there is an index already; update it or take another folder`)
  return buildIndex(folder, { encoders, pictures: [], ...options })
}

/** New rows for a writer. */
interface AppendOptions extends WriteOptions {
  readonly writer: GenerationWriter
  readonly pictures: PictureSource
  readonly table: EntryTable
}

/** Appends pictures one by one, refusing duplicates. */
export async function appendAll(options: AppendOptions): Promise<void> {
  const { writer, pictures, table, signal, progress = silent } = options
  for await (const { product, picture, vector } of pictures) {
    throwIfAborted(signal, 'index')
    table.add({ product, picture }, writer.count)
    await writer.append({ product, picture }, vector)
    progress({ task: 'Writing the index', done: writer.count, unit: 'pictures' })
  }
  throwIfAborted(signal, 'index')
}

import { open, readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type FileLock, writeFileAtomic } from '../core/index.ts'
import { type Entry, entryLine } from './entry.ts'
import { HashedFile } from './hashed-file.ts'
import {
  dimensionOf,
  generationFiles,
  generationOf,
  type IndexedEncoder,
  type IndexManifest,
  writeManifest,
} from './manifest.ts'
import { scanGraph } from './scan-graph.ts'
import { unitParts } from './unit-parts.ts'

/** Where a new generation goes and what its rows are. */
export interface GenerationOptions {
  readonly folder: string
  readonly generation: number
  readonly encoders: readonly IndexedEncoder[]
}

/**
 * Writes one generation of an index beside the current one, row by row, and makes it the current
 * one at the end. Nothing that a reader uses is touched before {@link commit}.
 */
export class GenerationWriter {
  readonly #options: GenerationOptions
  readonly #rows: HashedFile
  readonly #entries: HashedFile
  #count = 0

  private constructor(options: GenerationOptions, rows: HashedFile, entries: HashedFile) {
    this.#options = options
    this.#rows = rows
    this.#entries = entries
  }

  static async open(options: GenerationOptions): Promise<GenerationWriter> {
    const files = generationFiles(options.folder, options.generation)
    const rows = await HashedFile.open(files.rows)
    try {
      return new GenerationWriter(options, rows, await HashedFile.open(files.entries))
    } catch (error) {
      await rows.discard()
      throw error
    }
  }

  /** Rows written so far. */
  get count(): number {
    return this.#count
  }

  /**
   * Adds a row, scaled to unit length.
   * @param vector [D]
   * @throws Shape when the length is wrong; Numeric on NaN, infinity or zeros
   */
  async append({ product, picture }: Entry, vector: Float32Array): Promise<void> {
    const place = `picture "${picture}" of product "${product}"`
    const unit = unitParts({ place, vector, encoders: this.#options.encoders })
    await this.appendStored({ product, picture }, unit)
  }

  /** Adds a row as it stands: one that comes from an older generation. */
  async appendStored(entry: Entry, row: Float32Array): Promise<void> {
    await this.#entries.write(Buffer.from(entryLine(entry)))
    await this.#rows.write(new Uint8Array(row.buffer, row.byteOffset, row.byteLength))
    this.#count++
  }

  /** Makes this the current generation in one step, then removes the files of all others. */
  async commit(lock: FileLock, createdAt: Date): Promise<IndexManifest> {
    const { folder, generation, encoders } = this.#options
    const files = generationFiles(folder, generation)
    const manifest: IndexManifest = {
      format: 1,
      generation,
      dimension: dimensionOf(encoders),
      count: this.#count,
      encoders: encoders.map(recordOf),
      createdAt: createdAt.toISOString(),
      rows: await this.#rows.finish(),
      entries: await this.#entries.finish(),
    }
    if (this.#count > 0)
      await writeFileAtomic(files.scan, scanGraph({ ...manifest, fileName: basename(files.rows) }))
    await lock.assertHeld()
    await syncFolder(folder)
    await writeManifest(folder, manifest)
    await syncFolder(folder)
    await removeOthers(folder, generation)
    return manifest
  }

  /** Leaves nothing of an unfinished generation behind; harmless after {@link commit}. */
  async discard(): Promise<void> {
    await this.#rows.discard()
    await this.#entries.discard()
  }
}

function recordOf({ name, dimension, hash, weight }: IndexedEncoder): IndexedEncoder {
  return { name, dimension, hash, ...(weight === undefined ? {} : { weight }) }
}

/** Makes renames last through a power cut; not every file system can, and none has to. */
async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder).catch(() => undefined)
  await handle?.sync().catch(() => {})
  await handle?.close()
}

/**
 * Removes older generations and what killed writers left. Readers keep what they have mapped;
 * where the system forbids removing a mapped file, the next change tries again.
 */
async function removeOthers(folder: string, generation: number): Promise<void> {
  for (const name of await readdir(folder)) {
    const [dataFile = name] = name.split(/\.[0-9a-f]{8}\.tmp$/)
    const torn = dataFile !== name
    const made = generationOf(dataFile)
    const ours = made !== undefined || dataFile === 'index.json' || dataFile === 'index.lock'
    if (ours && (torn || (made !== undefined && made !== generation)))
      await rm(join(folder, name), { force: true }).catch(() => {})
  }
}

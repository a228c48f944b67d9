import { open, readdir, rm } from 'node:fs/promises'
import { basename, join } from 'node:path'
import { type FileLock, writeFileAtomic } from '../core/index.ts'
import { CodesFile } from './codes-file.ts'
import { type Entry, entryLine } from './entry.ts'
import { HashedFile } from './hashed-file.ts'
import {
  dimensionOf,
  generationFiles,
  generationOf,
  type IndexedEncoder,
  type IndexManifest,
  type SearchMethod,
  writeManifest,
} from './manifest.ts'
import { type GraphFile, NeighbourGraphBuilder } from './neighbour-graph.ts'
import { codeRow } from './row-codes.ts'
import { type Precision, rowFormats } from './row-format.ts'
import { scanGraph } from './scan-graph.ts'
import { unitParts } from './unit-parts.ts'

/** Where a new generation goes and what its rows are. */
export interface GenerationOptions {
  readonly folder: string
  readonly generation: number
  readonly encoders: readonly IndexedEncoder[]
  readonly precision: Precision
  readonly method: SearchMethod
  /** The graph of an older generation whose rows are the first ones of this. */
  readonly grownFrom?: GraphFile | undefined
}

/** What a generation has beside its rows and entries. */
interface Extras {
  readonly codes: CodesFile | undefined
  readonly graph: NeighbourGraphBuilder | undefined
}

/**
 * Writes one generation of an index beside the current one, row by row, and makes it the current
 * one at the end. Nothing that a reader uses is touched before {@link commit}.
 */
export class GenerationWriter {
  readonly #options: GenerationOptions
  readonly #rows: HashedFile
  readonly #entries: HashedFile
  readonly #codes: CodesFile | undefined
  readonly #graph: NeighbourGraphBuilder | undefined
  #count = 0

  private constructor(
    options: GenerationOptions,
    rows: HashedFile,
    entries: HashedFile,
    { codes, graph }: Extras,
  ) {
    this.#options = options
    this.#rows = rows
    this.#entries = entries
    this.#codes = codes
    this.#graph = graph
  }

  /** @throws Unavailable when a graph is wanted and its library is not here */
  static async open(options: GenerationOptions): Promise<GenerationWriter> {
    const { folder, encoders, precision, method, grownFrom } = options
    const files = generationFiles(folder, options)
    const dimension = dimensionOf(encoders)
    const graph =
      method === 'hnsw' ? await NeighbourGraphBuilder.open(dimension, grownFrom) : undefined
    const opened: { discard(): Promise<void> }[] = []
    const keep = <File extends { discard(): Promise<void> }>(file: File): File => {
      opened.push(file)
      return file
    }
    try {
      const rows = keep(await HashedFile.open(files.rows))
      const entries = keep(await HashedFile.open(files.entries))
      const codes =
        precision === 'i8' ? keep(await CodesFile.open(files.codes, dimension)) : undefined
      return new GenerationWriter(options, rows, entries, { codes, graph })
    } catch (error) {
      for (const file of opened) await file.discard()
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
    const format = rowFormats[this.#options.precision]
    await this.appendStored({ product, picture }, format.encode(unit))
  }

  /** Adds a row as it stands: one that comes from an older generation. */
  async appendStored(entry: Entry, bytes: Uint8Array): Promise<void> {
    await this.#entries.write(Buffer.from(entryLine(entry)))
    await this.#rows.write(bytes)
    this.#count++
    if (this.#codes === undefined && this.#graph === undefined) return
    const row = rowFormats[this.#options.precision].decode(bytes)
    await this.#codes?.add(codeRow(row))
    this.#graph?.add(row)
  }

  /** Makes this the current generation in one step, then removes the files of all others. */
  async commit(lock: FileLock, createdAt: Date): Promise<IndexManifest> {
    const { folder, generation, encoders, precision, method } = this.#options
    const files = generationFiles(folder, this.#options)
    const codes = await this.#codes?.finish()
    const graph = this.#count === 0 ? undefined : await this.#graph?.finish(files.graph)
    const manifest: IndexManifest = {
      format: 1,
      generation,
      dimension: dimensionOf(encoders),
      count: this.#count,
      encoders: encoders.map(recordOf),
      createdAt: createdAt.toISOString(),
      precision,
      method,
      rows: await this.#rows.finish(),
      entries: await this.#entries.finish(),
      ...(codes === undefined ? {} : { codes }),
      ...(graph === undefined ? {} : { graph }),
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
    await this.#codes?.discard()
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

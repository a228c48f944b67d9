import { readFile } from 'node:fs/promises'
import { basename } from 'node:path'
import { throwIfAborted } from '../core/index.ts'
import { openSession, type Session } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import { type Entry, readEntries } from './entry.ts'
import { damaged, generationFiles, type IndexManifest } from './manifest.ts'
import { checkRowsLength } from './read-rows.ts'
import { scanGraph } from './scan-graph.ts'

/** How much memory the scores of one pass over the rows may take. */
const scoresBytes = 256 * 1024 * 1024

/** The nearest rows of some queries. */
export interface Scan {
  /** How many queries this pass answered. */
  readonly queries: number
  /** Rows given for each. */
  readonly k: number
  /** [queries, k] inner products, largest first */
  readonly scores: Float32Array
  /** [queries, k] their row numbers */
  readonly rows: Int32Array
}

/** What the scans of one {@link MappedGeneration} are about. */
export interface ScanOptions {
  /** [B, D] rows of unit length */
  readonly queries: Float32Array
  /** 1 to the number of rows */
  readonly k: number
  readonly signal?: AbortSignal | undefined
}

/** One generation of an index whose rows are mapped into memory: a resource to be closed. */
export class MappedGeneration {
  readonly manifest: IndexManifest
  readonly entries: readonly Entry[]
  /** How many products the pictures belong to. */
  readonly productCount: number
  readonly #session: Session | undefined // an empty index has none
  readonly #running = new Set<Promise<unknown>>()

  private constructor(
    manifest: IndexManifest,
    entries: readonly Entry[],
    session: Session | undefined,
  ) {
    this.manifest = manifest
    this.entries = entries
    this.productCount = new Set(entries.map((entry) => entry.product)).size
    this.#session = session
  }

  /** @throws InvalidInput when a file is missing, damaged or not what the manifest describes */
  static async open(
    folder: string,
    manifest: IndexManifest,
    threads: number | undefined,
  ): Promise<MappedGeneration> {
    const files = generationFiles(folder, manifest.generation)
    await checkRowsLength(files.rows, manifest)
    const entries = await readEntries(files.entries, manifest.entries, manifest.count)
    if (manifest.count === 0) return new MappedGeneration(manifest, entries, undefined)
    const graph = scanGraph({ ...manifest, fileName: basename(files.rows) })
    const stored = await readFile(files.scan).catch((error: unknown) => {
      throw damaged(files.scan, 'cannot be read', error)
    })
    // The graph follows from the manifest, so a foreign one is refused before it is run.
    if (!stored.equals(graph)) throw damaged(files.scan, 'does not fit index.json')
    const session = await openSession(files.scan, {
      prepack: false, // prepacking would copy all the rows
      ...(threads === undefined ? {} : { threads }),
    })
    return new MappedGeneration(manifest, entries, session)
  }

  /** The k nearest rows of every query, as many queries a pass as their scores leave room for. */
  async *scan({ queries, k, signal }: ScanOptions): AsyncGenerator<Scan> {
    const { dimension, count } = this.manifest
    const bytesAQuery = 4 * count + 16 * k
    const most = Math.max(1, Math.floor(scoresBytes / bytesAQuery))
    const total = queries.length / dimension
    for (let first = 0; first < total; first += most) {
      throwIfAborted(signal, 'search')
      const some = queries.subarray(first * dimension, (first + most) * dimension)
      const { scores, rows } = await this.#session!.run({
        queries: tensor('float32', [some.length / dimension, dimension], some),
        k: tensor('int64', [1], BigInt64Array.of(BigInt(k))),
      })
      yield {
        queries: some.length / dimension,
        k,
        scores: scores!.data as Float32Array,
        rows: rows!.data as Int32Array,
      }
    }
  }

  /** Keeps the generation open until `work` is done, even when it is closed meanwhile. */
  async use<T>(work: () => Promise<T>): Promise<T> {
    const running = work()
    this.#running.add(running)
    try {
      return await running
    } finally {
      this.#running.delete(running)
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled(this.#running)
    await this.#session?.close()
  }
}

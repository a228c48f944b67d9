import { invalidInput, shapeError, unavailable } from '../core/index.ts'
import type { Entry } from './entry.ts'
import { type IndexedEncoder, type IndexManifest, readManifest } from './manifest.ts'
import { MappedGeneration } from './mapped-generation.ts'
import { type Hit, type NearestOptions, nearest } from './nearest.ts'
import { unitParts } from './unit-parts.ts'

/** How many hits a search gives, and what stops it. */
export interface SearchOptions {
  /** At most this many hits a query; where the index has fewer, all of them come. */
  readonly top: number
  readonly signal?: AbortSignal
}

/** An index open for searching: a resource to be closed. Any number of processes may have one. */
export interface VectorIndex {
  /** Grows with every change of the index. */
  readonly generation: number
  /** Values in a row. */
  readonly dimension: number
  /** The encoders whose vectors lie side by side in a row. */
  readonly encoders: readonly IndexedEncoder[]
  /** Pictures in the index. */
  readonly count: number
  /** What each row stands for. */
  readonly entries: readonly Entry[]
  /**
   * The nearest pictures of each query, nearest first; of scores that float32 cannot tell apart
   * (within 1e-6) the lower row comes first.
   *
   *   score = Σ_e ⟨q_e, u_e⟩    over encoders e, both of unit length: a cosine each
   *
   * @param queries [B, D] row-major, of any length but zero
   * @returns B lists
   * @throws Shape when the values are no whole number of rows; Numeric, naming the query, on NaN,
   *   infinity or zeros; InvalidInput when `top` is not a positive integer; Cancelled
   */
  search(queries: Float32Array, options: SearchOptions): Promise<Hit[][]>
  /** The nearest products of each query, each by its best picture; otherwise as `search`. */
  searchProducts(queries: Float32Array, options: SearchOptions): Promise<Hit[][]>
  /**
   * Changes over to the newest generation, if there is one; searches under way end on the old one.
   * @returns whether there was one
   */
  refresh(): Promise<boolean>
  close(): Promise<void>
}

/** How an index is opened. */
export interface OpenOptions {
  /** Threads of a search; default: as many as the machine has cores. */
  readonly threads?: number
}

/**
 * Opens an index for searching; its rows are mapped into memory, not read.
 *
 * @throws NotFound when the folder has no index; InvalidInput, naming the file, when it is damaged
 *   or of another format
 */
export async function openIndex(folder: string, options: OpenOptions = {}): Promise<VectorIndex> {
  return new OpenIndex(folder, options.threads, await openCurrent(folder, options.threads))
}

/** A writer may replace and remove a generation between our reading its name and opening it. */
async function openCurrent(folder: string, threads: number | undefined): Promise<MappedGeneration> {
  for (let manifest = await readManifest(folder); ; ) {
    try {
      return await MappedGeneration.open(folder, manifest, threads)
    } catch (error) {
      const newer: IndexManifest = await readManifest(folder)
      if (newer.generation === manifest.generation) throw error
      manifest = newer
    }
  }
}

class OpenIndex implements VectorIndex {
  readonly #folder: string
  readonly #threads: number | undefined
  #current: MappedGeneration
  #refreshing: Promise<boolean> | undefined
  #closed = false

  constructor(folder: string, threads: number | undefined, current: MappedGeneration) {
    this.#folder = folder
    this.#threads = threads
    this.#current = current
  }

  get generation(): number {
    return this.#current.manifest.generation
  }

  get dimension(): number {
    return this.#current.manifest.dimension
  }

  get encoders(): readonly IndexedEncoder[] {
    return this.#current.manifest.encoders
  }

  get count(): number {
    return this.#current.manifest.count
  }

  get entries(): readonly Entry[] {
    return this.#current.entries
  }

  async search(queries: Float32Array, options: SearchOptions): Promise<Hit[][]> {
    return this.#nearest('picture', queries, options)
  }

  async searchProducts(queries: Float32Array, options: SearchOptions): Promise<Hit[][]> {
    return this.#nearest('product', queries, options)
  }

  async refresh(): Promise<boolean> {
    this.#assertOpen()
    this.#refreshing ??= this.#changeOver().finally(() => {
      this.#refreshing = undefined
    })
    return this.#refreshing
  }

  async close(): Promise<void> {
    if (this.#closed) return
    this.#closed = true
    await this.#refreshing?.catch(() => {})
    await this.#current.close()
  }

  async #nearest(
    by: NearestOptions['by'],
    queries: Float32Array,
    { top, signal }: SearchOptions,
  ): Promise<Hit[][]> {
    this.#assertOpen()
    if (!Number.isSafeInteger(top) || top < 1)
      throw invalidInput(`search: top is ${top}, it must be a positive integer; 5 is usual`)
    const generation = this.#current
    const unit = unitQueries(queries, generation.manifest)
    return generation.use(() => nearest(generation, { queries: unit, top, by, signal }))
  }

  async #changeOver(): Promise<boolean> {
    const { generation } = await readManifest(this.#folder)
    if (generation === this.generation) return false
    const old = this.#current
    this.#current = await openCurrent(this.#folder, this.#threads)
    await old.close()
    return true
  }

  #assertOpen(): void {
    if (this.#closed) throw unavailable(`${this.#folder}: this index is closed; open it again`)
  }
}

function unitQueries(queries: Float32Array, { dimension, encoders }: IndexManifest): Float32Array {
  if (queries.length % dimension !== 0)
    throw shapeError(
      `search: ${queries.length} values are no whole number of queries of ${dimension}; encode them with the encoder of the index`,
    )
  const unit = new Float32Array(queries.length)
  for (let start = 0; start < queries.length; start += dimension) {
    const vector = queries.subarray(start, start + dimension)
    const place = `search: query ${start / dimension}`
    unit.set(unitParts({ place, vector, encoders }), start)
  }
  return unit
}

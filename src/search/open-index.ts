import { closestName, invalidInput, notFound, unavailable } from '../core/index.ts'
import type { EncoderWeights } from './ensemble-weights.ts'
import type { Entry } from './entry.ts'
import {
  type IndexedEncoder,
  type IndexManifest,
  readManifest,
  type SearchMethod,
} from './manifest.ts'
import { MappedGeneration } from './mapped-generation.ts'
import { type Hit, type NearestOptions, nearest } from './nearest.ts'
import { queryRows, type WeightedQuery } from './query-rows.ts'
import type { Precision } from './row-format.ts'

/** How many hits a search gives, and what stops it. */
export interface SearchOptions {
  /** At most this many hits a query; where the index has fewer, all of them come. */
  readonly top: number
  /** How much each encoder counts; default: what the index stores, else all the same. */
  readonly weights?: EncoderWeights
  /**
   * Only pictures of these products are searched; ids that are not there count for nothing. The set is
   * not to be changed afterwards; given again, it need not be looked up again.
   */
  readonly products?: ReadonlySet<string>
  readonly signal?: AbortSignal
}

/** Queries of an index: [B, D] row-major, each of any length but zero, or B weighted ones. */
export type Queries = Float32Array | readonly WeightedQuery[]

/** An index open for searching: a resource to be closed. Any number of processes may have one. */
export interface VectorIndex {
  /** Grows with every change of the index. */
  readonly generation: number
  /** Values in a row. */
  readonly dimension: number
  /** The encoders whose vectors lie side by side in a row. */
  readonly encoders: readonly IndexedEncoder[]
  /** How its rows are kept. */
  readonly precision: Precision
  /** How they are searched. */
  readonly method: SearchMethod
  /** Pictures in the index. */
  readonly count: number
  /** What each row stands for. */
  readonly entries: readonly Entry[]
  /**
   * The nearest pictures of each query, nearest first; of scores that float32 cannot tell apart
   * (within 1e-6) the lower row comes first. Of an index with the method hnsw nearly all of them.
   *
   *   score = Σ_e λ_e ⟨q_e, u_e⟩    over encoders e, q_e and u_e of unit length, Σ_e λ_e = 1
   *
   * With several encoders it is still one pass over the rows: λ scales the parts of the query. A
   * choice of products is made before the nearest are taken, so there are as many hits as asked for.
   * @returns B lists
   * @throws Shape when the values are no whole number of rows; Numeric, naming the query, on NaN,
   *   infinity, zeros or vectors that cancel out; InvalidInput when `top` is not a positive integer
   *   or the weights are not usable; Cancelled
   */
  search(queries: Queries, options: SearchOptions): Promise<Hit[][]>
  /** The nearest products of each query, each by its best picture; otherwise as `search`. */
  searchProducts(queries: Queries, options: SearchOptions): Promise<Hit[][]>
  /**
   * The vectors of a product's pictures, each encoder's part of unit length: what a search for more
   * like it begins with.
   * @throws NotFound when there is no such product
   */
  vectorsOf(product: string): Promise<Float32Array[]>
  /**
   * The vectors of some rows, as `vectorsOf` gives them.
   * @param from the first row
   * @returns [count, D], or fewer where the index ends
   */
  vectors(from: number, count: number): Promise<Float32Array>
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

  get precision(): Precision {
    return this.#current.manifest.precision
  }

  get method(): SearchMethod {
    return this.#current.manifest.method
  }

  get count(): number {
    return this.#current.manifest.count
  }

  get entries(): readonly Entry[] {
    return this.#current.entries
  }

  async search(queries: Queries, options: SearchOptions): Promise<Hit[][]> {
    return this.#nearest('picture', queries, options)
  }

  async searchProducts(queries: Queries, options: SearchOptions): Promise<Hit[][]> {
    return this.#nearest('product', queries, options)
  }

  async vectorsOf(product: string): Promise<Float32Array[]> {
    this.#assertOpen()
    const generation = this.#current
    const { rows } = generation.choose(new Set([product]))
    if (rows.length === 0) throw unknownProduct(product, generation.entries)
    const { dimension } = generation.manifest
    const vectors = await generation.use(() => generation.vectors(rows))
    return Array.from(rows, (_, i) => vectors.subarray(i * dimension, (i + 1) * dimension))
  }

  async vectors(from: number, count: number): Promise<Float32Array> {
    this.#assertOpen()
    const generation = this.#current
    const length = Math.max(0, Math.min(count, this.count - from))
    const rows = Int32Array.from({ length }, (_, i) => from + i)
    return generation.use(() => generation.vectors(rows))
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
    queries: Queries,
    { top, weights, products, signal }: SearchOptions,
  ): Promise<Hit[][]> {
    this.#assertOpen()
    if (!Number.isSafeInteger(top) || top < 1)
      throw invalidInput(`search: top is ${top}, it must be a positive integer; 5 is usual`)
    const generation = this.#current
    const { encoders } = generation.manifest
    const rows = queryRows({ queries, encoders, weights })
    return generation.use(() => nearest(generation, { queries: rows, top, by, products, signal }))
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

function unknownProduct(product: string, entries: readonly Entry[]) {
  const near = closestName(product, [...new Set(entries.map((entry) => entry.product))])
  const hint = near === undefined ? 'check its id' : `did you mean "${near}"?`
  return notFound(`search: product "${product}" is not in the index; ${hint}`)
}

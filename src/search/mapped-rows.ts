import { basename, dirname } from 'node:path'
import { throwIfAborted } from '../core/index.ts'
import { openSession, type Session, type SessionOptions } from '../runtime/index.ts'
import { type Tensor, tensor } from '../tensor/index.ts'
import { gatherGraph, maskedScanGraph, rankGraph, scanGraph } from './scan-graph.ts'

/** How much memory the scores of one pass, or the rows it copies, may take. */
const passBytes = 256 * 1024 * 1024

/** Of fewer than one row in this many, copies are ranked: measured to be cheaper than reading all. */
const copyBelow = 24

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

/** What one scan is about. */
export interface ScanOptions {
  /** [B, D] */
  readonly queries: Float32Array
  /** 1 to the number of rows that count */
  readonly k: number
  /** The only rows that count, ascending; default: all. */
  readonly only?: Int32Array | undefined
  readonly signal?: AbortSignal | undefined
}

/** A row file and its size. */
export interface MappedRowsOptions {
  readonly path: string
  readonly count: number
  readonly dimension: number
  readonly threads?: number | undefined
}

/** A row file mapped into memory, together with the graphs that search it: a resource to be closed. */
export class MappedRows {
  readonly #count: number
  readonly #dimension: number
  readonly #all: Session
  readonly #masked: Session
  readonly #gather: Session
  readonly #ranked: Session

  private constructor(
    { count, dimension }: MappedRowsOptions,
    sessions: readonly [Session, Session, Session, Session],
  ) {
    this.#count = count
    this.#dimension = dimension
    ;[this.#all, this.#masked, this.#gather, this.#ranked] = sessions
  }

  /** All graphs are opened at once: a writer may remove the file, which stays mapped. */
  static async open(options: MappedRowsOptions): Promise<MappedRows> {
    const { path, count, dimension, threads } = options
    const rows = { fileName: basename(path), count, dimension }
    const settings: SessionOptions = {
      name: path,
      dataFolder: dirname(path),
      prepack: false, // prepacking would copy all the rows
      ...(threads === undefined ? {} : { threads }),
    }
    const opened: Session[] = []
    try {
      for (const graph of [
        scanGraph(rows),
        maskedScanGraph(rows),
        gatherGraph(rows),
        rankGraph(dimension),
      ])
        opened.push(await openSession(graph, settings))
      const [all, masked, gather, ranked] = opened
      return new MappedRows(options, [all!, masked!, gather!, ranked!])
    } catch (error) {
      await Promise.all(opened.map((session) => session.close()))
      throw error
    }
  }

  /** The k nearest rows of every query, as many queries a pass as their scores leave room for. */
  async *scan({ queries, k, only, signal }: ScanOptions): AsyncGenerator<Scan> {
    const dimension = this.#dimension
    const copied = only !== undefined && this.#copyIsCheaper(only.length)
    const [session, more] =
      only === undefined
        ? [this.#all, {}]
        : copied
          ? [this.#ranked, { vectors: await this.#copies(only) }]
          : [this.#masked, { mask: this.#mask(only) }]
    const bytesAQuery = 4 * (copied ? only.length : this.#count) + 16 * k
    const most = Math.max(1, Math.floor(passBytes / bytesAQuery))
    const total = queries.length / dimension
    for (let first = 0; first < total; first += most) {
      throwIfAborted(signal, 'search')
      const some = queries.subarray(first * dimension, (first + most) * dimension)
      const { scores, rows } = await session.run({
        queries: tensor('float32', [some.length / dimension, dimension], some),
        k: tensor('int64', [1], BigInt64Array.of(BigInt(k))),
        ...more,
      })
      const found = rows!.data as Int32Array
      yield {
        queries: some.length / dimension,
        k,
        scores: scores!.data as Float32Array,
        rows: copied ? found.map((place) => only[place]!) : found,
      }
    }
  }

  /** Copies of some rows. [M] → [M, D] */
  async vectors(rows: Int32Array): Promise<Float32Array> {
    return (await this.#copies(rows)).data as Float32Array
  }

  async close(): Promise<void> {
    await Promise.all(
      [this.#all, this.#masked, this.#gather, this.#ranked].map((session) => session.close()),
    )
  }

  #copyIsCheaper(rows: number): boolean {
    return rows * copyBelow < this.#count && rows * this.#dimension * 4 <= passBytes
  }

  async #copies(rows: Int32Array): Promise<Tensor> {
    const chosen = tensor('int32', [rows.length], rows)
    return (await this.#gather.run({ chosen })).vectors!
  }

  #mask(only: Int32Array): Tensor {
    const mask = new Float32Array(this.#count).fill(Number.NEGATIVE_INFINITY)
    for (const row of only) mask[row] = 0
    return tensor('float32', [mask.length], mask)
  }
}

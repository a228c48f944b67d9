import { basename } from 'node:path'
import { throwIfAborted } from '../core/index.ts'
import { openSession, type Session } from '../runtime/index.ts'
import { type Tensor, tensor } from '../tensor/index.ts'
import { maskOf } from './candidate-source.ts'
import type { Precision } from './row-format.ts'
import { gatherGraph, maskedScanGraph, rankGraph, scanGraph } from './scan-graph.ts'
import { type ScanSettings, scanSettings } from './scan-settings.ts'

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
  /** No row that is not given scores higher; default: than the last one given. */
  readonly beyond?: number
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

/** Rows to be ranked for a query. */
interface RankOptions {
  /** [D] */
  readonly query: Float32Array
  readonly only: Int32Array
  readonly signal?: AbortSignal | undefined
}

/** A row file and its size. */
interface MappedRowsOptions extends ScanSettings {
  readonly count: number
  readonly dimension: number
  readonly precision: Precision
}

/** A row file mapped into memory, together with the graphs that search it: a resource to be closed. */
export class MappedRows {
  readonly #count: number
  readonly #dimension: number
  readonly #bytesAScore: number
  readonly #all: Session
  readonly #masked: Session
  readonly #gather: Session
  readonly #ranked: Session

  private constructor(
    { count, dimension, precision }: MappedRowsOptions,
    sessions: readonly [Session, Session, Session, Session],
  ) {
    this.#count = count
    this.#dimension = dimension
    this.#bytesAScore = precision === 'f16' ? 8 : 4 // scores of blocks are joined
    ;[this.#all, this.#masked, this.#gather, this.#ranked] = sessions
  }

  /** All graphs are opened at once: a writer may remove the file, which stays mapped. */
  static async open(options: MappedRowsOptions): Promise<MappedRows> {
    const rows = { ...options, fileName: basename(options.path) }
    const settings = scanSettings(options)
    const opened: Session[] = []
    try {
      for (const graph of [
        scanGraph(rows),
        maskedScanGraph(rows),
        gatherGraph(rows),
        rankGraph(options.dimension),
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
    const copied = only !== undefined && this.copyIsCheaper(only.length)
    const [session, more] =
      only === undefined
        ? [this.#all, {}]
        : copied
          ? [this.#ranked, { vectors: await this.#copies(only) }]
          : [this.#masked, { mask: tensor('float32', [this.#count], maskOf(only, this.#count)) }]
    const bytesAQuery = copied ? 4 * only.length : this.#bytesAScore * this.#count

    const most = Math.max(1, Math.floor(passBytes / (bytesAQuery + 16 * k)))
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

  /** Some rows, all of them ranked for one query. */
  async rank({ query, only, signal }: RankOptions): Promise<Scan> {
    throwIfAborted(signal, 'search')
    const k = only.length
    if (k === 0) return { queries: 1, k, scores: new Float32Array(0), rows: only }
    const { scores, rows } = await this.#ranked.run({
      queries: tensor('float32', [1, this.#dimension], query),
      k: tensor('int64', [1], BigInt64Array.of(BigInt(k))),
      vectors: await this.#copies(only),
    })
    return {
      queries: 1,
      k,
      scores: scores!.data as Float32Array,
      rows: (rows!.data as Int32Array).map((place) => only[place]!),
    }
  }

  /** Whether so few rows are better copied and ranked alone than scanned with all others. */
  copyIsCheaper(rows: number): boolean {
    return rows * copyBelow < this.#count && rows * this.#dimension * 4 <= passBytes
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

  async #copies(rows: Int32Array): Promise<Tensor> {
    const chosen = tensor('int32', [rows.length], rows)
    return (await this.#gather.run({ chosen })).vectors!
  }
}

import { basename } from 'node:path'
import { openSession, type Session } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import {
  type CandidateQuery,
  type CandidateSource,
  type Candidates,
  maskOf,
} from './candidate-source.ts'
import { codeGraph } from './code-graph.ts'
import { paddedRows } from './code-tiles.ts'
import { codeQuery, largestError } from './row-codes.ts'
import { type ScanSettings, scanSettings } from './scan-settings.ts'

/** Candidates of a query: several a row that is wanted, so that one pass over the codes is enough mostly. */
const [fewest, perRow] = [64, 4]
/** Codes answer queries one by one; of more than these, one product with the rows is quicker. */
const mostQueries = 16

/** A codes file and what its index says of it. */
interface MappedCodesOptions extends ScanSettings {
  readonly count: number
  readonly dimension: number
  /** Length of a row. */
  readonly length: number
  /** The most that the codes of a row lose, as a length. */
  readonly error: number
}

/** The codes of an index, mapped into memory. */
export class MappedCodes implements CandidateSource {
  readonly #options: MappedCodesOptions
  readonly #all: Session
  readonly #masked: Session

  private constructor(options: MappedCodesOptions, all: Session, masked: Session) {
    this.#options = options
    this.#all = all
    this.#masked = masked
  }

  static async open(options: MappedCodesOptions): Promise<MappedCodes> {
    const rows = { ...options, fileName: basename(options.path) }
    const settings = scanSettings(options)
    const all = await openSession(codeGraph(rows, { masked: false }), settings)
    try {
      const masked = await openSession(codeGraph(rows, { masked: true }), settings)
      return new MappedCodes(options, all, masked)
    } catch (error) {
      await all.close()
      throw error
    }
  }

  suits({ queries, k }: { readonly queries: number; readonly k: number }): boolean {
    return queries <= mostQueries && wanted(k) * 8 < this.#options.count
  }

  async candidates({ query, k, only }: CandidateQuery): Promise<Candidates> {
    const { count, dimension, length, error } = this.#options
    const coded = codeQuery(query)
    const feeds = {
      query: tensor('uint8', [1, dimension], coded.codes),
      k: tensor('int64', [1], BigInt64Array.of(BigInt(Math.min(wanted(k), only?.length ?? count)))),
    }
    const padded = paddedRows(count)
    const { scores, rows } = await (only === undefined
      ? this.#all.run(feeds)
      : this.#masked.run({
          ...feeds,
          mask: tensor('float32', [padded], maskOf(only, padded)),
        }))
    const margin = largestError({ query: coded, row: { length, error }, dimension })
    return {
      rows: (rows!.data as Int32Array).sort(),
      beyond: coded.scale * (scores!.data as Float32Array).at(-1)! + margin,
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#all.close(), this.#masked.close()])
  }
}

function wanted(k: number): number {
  return Math.max(fewest, perRow * k)
}

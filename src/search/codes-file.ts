import { paddedRows, tileRows } from './code-tiles.ts'
import { HashedFile } from './hashed-file.ts'
import type { FileRecord } from './manifest.ts'
import { queryZero, type RowCodes } from './row-codes.ts'
import { bytesOf } from './row-format.ts'

/** The correction of rows that only fill the last tile: no real score is so small. */
const never = 2 ** 30

/**
 * A codes file as it is written: int8 [tiles, D, 64], float32 scales [tiles · 64], int32 corrections
 * [tiles · 64], which are what the zero of a query's codes adds to a sum of products.
 */
export class CodesFile {
  readonly #dimension: number
  readonly #file: HashedFile
  readonly #tile: Int8Array
  readonly #scales: number[] = []
  readonly #corrections: number[] = []
  #error = 0

  private constructor(dimension: number, file: HashedFile) {
    this.#dimension = dimension
    this.#file = file
    this.#tile = new Int8Array(dimension * tileRows)
  }

  static async open(path: string, dimension: number): Promise<CodesFile> {
    return new CodesFile(dimension, await HashedFile.open(path))
  }

  async add({ codes, scale, sum, error }: RowCodes): Promise<void> {
    const place = this.#scales.length % tileRows
    for (let i = 0; i < this.#dimension; i++) this.#tile[i * tileRows + place] = codes[i]!
    this.#scales.push(scale)
    this.#corrections.push(queryZero * sum)
    this.#error = Math.max(this.#error, error)
    if (place + 1 === tileRows) await this.#writeTile()
  }

  /** @returns with the most that the codes of a row lose, as a length */
  async finish(): Promise<FileRecord & { readonly error: number }> {
    const rest = paddedRows(this.#scales.length) - this.#scales.length
    if (rest > 0) await this.#writeTile()
    const fill = <T>(value: T) => new Array<T>(rest).fill(value)
    await this.#file.write(bytesOf(Float32Array.from([...this.#scales, ...fill(1)])))
    await this.#file.write(bytesOf(Int32Array.from([...this.#corrections, ...fill(never)])))
    return { ...(await this.#file.finish()), error: this.#error }
  }

  discard(): Promise<void> {
    return this.#file.discard()
  }

  async #writeTile(): Promise<void> {
    await this.#file.write(bytesOf(this.#tile))
    this.#tile.fill(0)
  }
}

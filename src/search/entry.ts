import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { z } from 'zod'
import { conflict, invalidInput, notFound } from '../core/index.ts'
import { damaged, type FileRecord } from './manifest.ts'

/** What a row of an index stands for: one picture of one product. */
export interface Entry {
  readonly product: string
  /** The picture's name, unique within its product: usually its path. */
  readonly picture: string
}

const entrySchema = z.strictObject({ product: z.string().min(1), picture: z.string().min(1) })
const longestLineBytes = 65_536

/** An entry as the line of the entries file. */
export function entryLine({ product, picture }: Entry): string {
  if (product === '' || picture === '')
    throw invalidInput(`index: picture "${picture}" of product "${product}" needs both names`)
  const line = `${JSON.stringify({ product, picture })}\n`
  if (Buffer.byteLength(line) > longestLineBytes)
    throw invalidInput(
      `index: product "${product.slice(0, 40)}..." has names of more than ${longestLineBytes} bytes; shorten them`,
    )
  return line
}

/**
 * Reads an entries file, checking it against the length and checksum in the manifest.
 * @throws InvalidInput when it is missing, damaged or not the one the manifest describes
 */
export async function readEntries(
  path: string,
  { bytes, sha256 }: FileRecord,
  count: number,
): Promise<Entry[]> {
  const entries: Entry[] = []
  const names = new Map<string, string>() // one string a product, however many pictures it has
  const hash = createHash('sha256')
  let length = 0
  let rest = Buffer.alloc(0)
  try {
    for await (const chunk of createReadStream(path, { highWaterMark: 1 << 18 })) {
      length += chunk.length
      if (length > bytes) break
      hash.update(chunk)
      const block = Buffer.concat([rest, chunk])
      let start = 0
      for (let end = block.indexOf(10); end >= 0; end = block.indexOf(10, start)) {
        entries.push(parseLine(path, block.toString('utf8', start, end), names, entries.length))
        start = end + 1
      }
      rest = block.subarray(start)
      if (rest.length > longestLineBytes)
        throw damaged(path, `line ${entries.length + 1} is too long`)
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw damaged(path, 'is missing', error)
    throw error
  }
  if (length !== bytes || hash.digest('hex') !== sha256 || entries.length !== count)
    throw damaged(path, 'is not the file that index.json describes')
  return entries
}

function parseLine(path: string, line: string, names: Map<string, string>, row: number): Entry {
  let value: unknown
  try {
    value = JSON.parse(line)
  } catch (error) {
    throw damaged(path, `line ${row + 1} is not JSON`, error)
  }
  const entry = entrySchema.safeParse(value)
  if (!entry.success) throw damaged(path, `line ${row + 1} does not name a product and a picture`)
  const { picture } = entry.data
  const product = names.get(entry.data.product) ?? entry.data.product
  names.set(product, product)
  return { product, picture }
}

/** Which pictures an index holds, by product: finds duplicates and what is to be removed. */
export class EntryTable {
  readonly #rows = new Map<string, Map<string, number>>()

  constructor(entries: Iterable<Entry> = []) {
    let row = 0
    for (const entry of entries) this.add(entry, row++)
  }

  /** @throws Conflict when the product has that picture already */
  add({ product, picture }: Entry, row: number): void {
    const pictures = this.#rows.get(product) ?? new Map<string, number>()
    if (pictures.has(picture))
      throw conflict(
        `index: picture "${picture}" of product "${product}" is there already; replace it or leave it out`,
      )
    this.#rows.set(product, pictures.set(picture, row))
  }

  /** @throws NotFound when the product does not have that picture */
  rowOf({ product, picture }: Entry): number {
    const row = this.#rows.get(product)?.get(picture)
    if (row === undefined)
      throw notFound(
        `index: picture "${picture}" of product "${product}" is not there to be replaced; add it`,
      )
    return row
  }

  /**
   * Forgets a product; its rows are returned.
   * @throws NotFound when there is no such product
   */
  removeProduct(product: string): Iterable<number> {
    const pictures = this.#rows.get(product)
    if (pictures === undefined)
      throw notFound(`index: product "${product}" is not there to be removed; check the id`)
    this.#rows.delete(product)
    return pictures.values()
  }
}

import { createHash } from 'node:crypto'
import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { invalidInput, writeFileAtomic } from '../../core/index.ts'
import type { Product } from '../../data/index.ts'
import type { Entry } from '../../search/index.ts'

/** What an index knows about a product beside its rows. */
export interface StoredProduct {
  readonly id: string
  readonly title: string
  readonly attributes: Readonly<Record<string, string>>
  /** What its files looked like when they were encoded, by path; absent where that is unknown. */
  readonly stamps: ReadonlyMap<string, string>
  /** The web addresses that files were fetched from, by path. */
  readonly uris: ReadonlyMap<string, string>
}

const format = 1
const longestFileBytes = 2 ** 31 - 1
const header = z.strictObject({ format: z.literal(format), products: z.int().min(0) })
const line = z.strictObject({
  id: z.string(),
  title: z.string(),
  attributes: z.record(z.string(), z.string()),
  stamps: z.array(z.tuple([z.string(), z.string()])),
  uris: z.array(z.tuple([z.string(), z.string()])).optional(),
})

/**
 * The name under which the products of an index lie: a hash of its entries in the order of its
 * rows. A generation thus finds the products that belong to it, whoever wrote since.
 */
export function productsKey(entries: Iterable<Entry>): string {
  const hash = createHash('sha256')
  for (const { product, picture } of entries) hash.update(`${JSON.stringify([product, picture])}\n`)
  return hash.digest('hex').slice(0, 32)
}

/** What {@link writeProducts} writes. */
export interface WriteProductsOptions {
  readonly folder: string
  /** {@link productsKey} of the entries */
  readonly key: string
  readonly entries: readonly Entry[]
  readonly products: ReadonlyMap<string, Product>
  /** By path; leave out what is not certain to be the file that was encoded. */
  readonly stamps: ReadonlyMap<string, string>
}

/** Writes the products of some entries, whole or not at all. */
export async function writeProducts(options: WriteProductsOptions): Promise<void> {
  const { folder, key, entries, products, stamps } = options
  const pictures = new Map<string, string[]>()
  for (const { product, picture } of entries) {
    const known = pictures.get(product)
    if (known === undefined) pictures.set(product, [picture])
    else known.push(picture)
  }
  const lines = [...pictures].map(([id, paths]) => {
    const { title = id, attributes = {}, pictures: all = [] } = products.get(id) ?? {}
    const known = paths.flatMap((path) => {
      const stamp = stamps.get(path)
      return stamp === undefined || stamp === '' ? [] : [[path, stamp]]
    })
    const uris = all.flatMap(({ path, uri }) => (uri === undefined ? [] : [[path, uri]]))
    const more = uris.length === 0 ? {} : { uris }
    return `${JSON.stringify({ id, title, attributes, stamps: known, ...more })}\n`
  })
  const head = `${JSON.stringify({ format, products: lines.length })}\n`
  await writeFileAtomic(pathOf(folder, key), head, ...chunks(lines))
}

/**
 * Reads the products of the index with this key.
 * @returns undefined where there is no such file
 * @throws InvalidInput when it is damaged
 */
export async function readProducts(
  folder: string,
  key: string,
): Promise<ReadonlyMap<string, StoredProduct> | undefined> {
  const path = pathOf(folder, key)
  let text: string
  try {
    const { size } = await stat(path)
    if (size > longestFileBytes) throw damaged(path, `is ${size} bytes long`)
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
  const [first = '', ...rest] = text.split('\n')
  const { products: count } = parse(path, first, header)
  const products = new Map<string, StoredProduct>()
  for (const one of rest) {
    if (one === '') continue
    const { stamps, uris, ...product } = parse(path, one, line)
    products.set(product.id, { ...product, stamps: new Map(stamps), uris: new Map(uris) })
  }
  if (products.size !== count) throw damaged(path, `has ${products.size} of ${count} products`)
  return products
}

/** The error for an index whose products are not there. */
export function productsMissing(folder: string, key: string): Error {
  return damaged(pathOf(folder, key), 'is missing, so hits would have no titles')
}

/** Removes the products of indexes that are no more, and what killed writers left. */
export async function removeOtherProducts(folder: string, keys: readonly string[]): Promise<void> {
  const keep = new Set(keys.map((key) => fileName(key)))
  for (const name of await readdir(folder))
    if (/^products-[0-9a-f]{32}\.jsonl/.test(name) && !keep.has(name))
      await rm(join(folder, name), { force: true }).catch(() => {})
}

const fileName = (key: string): string => `products-${key}.jsonl`
const pathOf = (folder: string, key: string): string => join(folder, fileName(key))

function damaged(path: string, what: string): Error {
  return invalidInput(`${path}: ${what}; build the index again with "vitrine index"`)
}

function parse<T>(path: string, text: string, schema: z.ZodType<T>): T {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw damaged(path, 'is not JSON')
  }
  const parsed = schema.safeParse(value)
  if (!parsed.success) throw damaged(path, 'is not a list of products')
  return parsed.data
}

/** Long lists in parts, so that no one text grows beyond what a string can hold. */
function* chunks(lines: readonly string[]): Generator<string> {
  for (let start = 0; start < lines.length; start += 4096)
    yield lines.slice(start, start + 4096).join('')
}

import { access, readdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { parse } from 'csv-parse/sync'
import { invalidInput, notFound } from '../../core/index.ts'
import type { Skipped } from '../catalogue.ts'
import { readWholeFile } from '../open-file.ts'

/** The columns of `styles.csv` before the product's name, in their order. */
export const fashionAttributes = [
  'gender',
  'masterCategory',
  'subCategory',
  'articleType',
  'baseColour',
  'season',
  'year',
  'usage',
] as const

/** The name of an attribute of {@link FashionProduct}. */
export type FashionAttribute = (typeof fashionAttributes)[number]

/** One product of the Fashion Product Images data set. */
export interface FashionProduct {
  readonly id: string
  /** As the shop names it: `Puma Men Future Cat Remix SF Black Casual Shoes`. */
  readonly title: string
  /** Without the ones that are empty or `NA`. */
  readonly attributes: Readonly<Partial<Record<FashionAttribute, string>>>
  /** Path of its one picture. */
  readonly path: string
}

/** The Fashion Product Images data set. */
export interface FashionSet {
  /** In the order of the file. */
  readonly products: readonly FashionProduct[]
  /** Broken lines, double ids and products without a picture. */
  readonly skipped: readonly Skipped[]
}

const header = ['id', ...fashionAttributes, 'productDisplayName']
const tableLimitBytes = 64 * 2 ** 20

/**
 * Reads the Fashion Product Images data set as Kaggle serves it; pictures are listed, not opened.
 *
 * Some names in the original table have commas without quotes: what stands behind the last column
 * belongs to the name. A line that is broken otherwise is left out and reported, and so is a
 * product whose `images/<id>.jpg` is missing.
 * @param root the folder with `styles.csv` and `images/`, or the one above it
 * @throws NotFound when there is no such folder
 * @throws InvalidInput when the table has other columns or no product is left
 */
export async function readFashionSet(root: string): Promise<FashionSet> {
  const folder = await findFashionSet(root)
  if (folder === undefined)
    throw notFound(
      `${root}: not the Fashion Product Images data set, wanted styles.csv and images/ there or in a folder below; give the unpacked download`,
    )
  const file = join(folder, 'styles.csv')
  const bytes = await readWholeFile(file, { what: 'product table', limitBytes: tableLimitBytes })
  const pictures = new Set(await readdir(join(folder, 'images')))
  const [first = '', ...lines] = bytes
    .toString('utf8')
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
  if (fieldsOf(first)?.join() !== header.join())
    throw invalidInput(
      `${file}: the first line is ${JSON.stringify(first.slice(0, 200))}, wanted ${header.join()}; copy the data set again`,
    )
  const products = new Map<string, FashionProduct>()
  const skipped: Skipped[] = []
  for (const [i, line] of lines.entries()) {
    if (line.trim() === '') continue
    const place = `${file} line ${i + 2}`
    const product = productOf(line, folder)
    if (typeof product === 'string') skipped.push({ place, reason: product })
    else if (products.has(product.id))
      skipped.push({ place, reason: `has the id ${product.id} of an earlier line` })
    else if (!pictures.has(`${product.id}.jpg`))
      skipped.push({ place, reason: `its picture images/${product.id}.jpg is missing` })
    else products.set(product.id, product)
  }
  if (products.size === 0)
    throw invalidInput(
      `${file}: no product with a picture${skipped[0] === undefined ? '' : ` (${skipped[0].place} ${skipped[0].reason})`}; copy the data set again`,
    )
  return { products: [...products.values()], skipped }
}

/**
 * The folder that holds `styles.csv` and `images/`: `root`, or one of the two that Kaggle's archives
 * wrap them in; undefined where none does.
 */
export async function findFashionSet(root: string): Promise<string | undefined> {
  for (const below of ['.', 'fashion-dataset', 'myntradataset']) {
    const folder = resolve(root, below)
    const parts = ['styles.csv', 'images'].map((part) => access(join(folder, part)))
    const found = await Promise.allSettled(parts)
    if (found.every(({ status }) => status === 'fulfilled')) return folder
  }
  return undefined
}

/** The product of a line, or what is wrong with the line. */
function productOf(line: string, folder: string): FashionProduct | string {
  const fields = fieldsOf(line)
  if (fields === undefined) return 'its quotes do not match'
  if (fields.length < header.length) return `has ${fields.length} fields, wanted ${header.length}`
  if (line.includes('\ufffd')) return 'is not UTF-8'
  const [id = '', ...rest] = fields.map((field, i) =>
    i < fashionAttributes.length + 1 ? field.trim() : field,
  )
  if (!/^\d{1,12}$/.test(id))
    return `has the id ${JSON.stringify(id.slice(0, 40))}, wanted a number`
  const title = rest.slice(fashionAttributes.length).join(',').trim()
  const attributes = fashionAttributes.flatMap((name, i) =>
    rest[i] === '' || rest[i] === 'NA' ? [] : [[name, rest[i]!] as const],
  )
  return {
    id,
    title: title === '' ? id : title,
    attributes: Object.fromEntries(attributes),
    path: join(folder, 'images', `${id}.jpg`),
  }
}

/** Every product has a line of its own, so that an open quote costs one product and not the rest. */
function fieldsOf(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(',')
  try {
    const options = { relax_column_count: true, relax_quotes: true }
    const [fields] = parse(line, options) as string[][]
    return fields
  } catch {
    return undefined
  }
}

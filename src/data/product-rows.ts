import { isAbsolute, relative, resolve, sep } from 'node:path'
import { conflict, invalidInput, messageOf } from '../core/index.ts'
import type { Catalogue, Skipped } from './catalogue.ts'
import type { Product, ProductPicture } from './product.ts'
import { webAddress } from './web/web-address.ts'

/** One row of a catalogue file, whatever its format. */
export interface ProductRow {
  /** Where its record ends. */
  readonly line: number
  readonly id: string
  readonly title: string
  readonly attributes: Readonly<Record<string, string>>
  /** As written; relative to the catalogue's folder. */
  readonly images: readonly string[]
}

/** What {@link productCollector} needs to know. */
export interface CollectorOptions {
  /** Path of the catalogue file, for messages. */
  readonly file: string
  /** Folder that relative picture paths start from, and that none may leave. */
  readonly folder: string
  /** Let picture paths leave the folder. */
  readonly allowOutside: boolean
  /** Take web addresses as pictures that somebody will fetch. */
  readonly allowWeb: boolean
}

const longestIdCharacters = 256
const mostPicturesPerProduct = 1000
const mostProducts = 2_000_000

/**
 * Turns rows into products: checks ids, resolves picture paths, drops rows that cannot be sold.
 *
 * A row without id or pictures is skipped; a duplicate id, an unusable id or a path outside the
 * folder is thrown.
 */
export function productCollector({ file, folder, allowOutside, allowWeb }: CollectorOptions) {
  const products: Product[] = []
  const skipped: Skipped[] = []
  const lineOf = new Map<string, number>()

  function add({ line, id, title, attributes, images }: ProductRow): void {
    const place = `${file} line ${line}`
    if (id === '') return void skipped.push({ place, reason: 'has no id' })
    checkId(place, id)
    const before = lineOf.get(id)
    if (before !== undefined)
      throw conflict(
        `${file}: id ${JSON.stringify(id)} stands on line ${before} and line ${line}, ids must differ; put all pictures of a product on one line`,
      )
    lineOf.set(id, line)
    if (lineOf.size > mostProducts)
      throw invalidInput(`${file}: more than ${mostProducts} products; split the catalogue`)
    const paths = [...new Set(images.filter((image) => image !== ''))]
    if (paths.length === 0)
      return void skipped.push({ place, reason: `product ${JSON.stringify(id)} has no pictures` })
    if (paths.length > mostPicturesPerProduct)
      throw invalidInput(
        `${place}: ${paths.length} pictures, a product may have ${mostPicturesPerProduct}; split it`,
      )
    const pictures = paths.flatMap((path) => pictureAt(place, path))
    if (pictures.length === 0)
      return void skipped.push({
        place,
        reason: `product ${JSON.stringify(id)} has no pictures left`,
      })
    products.push({ id, title: oneLine(title) || id, attributes, pictures })
  }

  function pictureAt(place: string, image: string): ProductPicture[] {
    const kind = 'catalogue' as const
    if (!/^[a-z][a-z0-9+.-]+:\/\//i.test(image)) return [{ path: locate(place, image), kind }]
    if (!allowWeb)
      throw invalidInput(
        `${place}: picture ${JSON.stringify(image)} is a web address, wanted a path; download it beside the catalogue, or index the catalogue with "vitrine index"`,
      )
    try {
      const uri = webAddress(image).href
      return [{ path: uri, uri, kind }]
    } catch (error) {
      skipped.push({ place, reason: `picture ${JSON.stringify(image)}: ${messageOf(error)}` })
      return []
    }
  }

  function locate(place: string, image: string): string {
    if (image.includes('\0'))
      throw invalidInput(`${place}: picture path contains a NUL character; remove it`)
    const path = resolve(folder, image)
    if (!allowOutside && !isInside(folder, path))
      throw invalidInput(
        `${place}: picture ${JSON.stringify(image)} lies outside the catalogue's folder; move it there, or allow paths outside`,
      )
    return path
  }

  function finish(name: string): Catalogue {
    if (products.length === 0)
      throw invalidInput(
        `${file}: no products${skipped.length === 0 ? '' : ` (line ${skipped[0]!.place.split(' line ').at(-1)} ${skipped[0]!.reason})`}; add at least one with an id and a picture`,
      )
    return { name, products, skipped }
  }

  return { add, finish }
}

/** Whether a path lies below a folder by its name; links are not followed. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(resolve(folder), resolve(path))
  return way !== '' && way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way)
}

function checkId(place: string, id: string): void {
  if (id.length > longestIdCharacters || /\p{Cc}/u.test(id))
    throw invalidInput(
      `${place}: id ${JSON.stringify(id.slice(0, 40))}... must have at most ${longestIdCharacters} characters and no line breaks or control characters`,
    )
}

function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\s]+/gu, ' ').trim()
}

import { basename, extname, relative, resolve, sep } from 'node:path'
import { invalidInput } from '../core/index.ts'
import type { Catalogue } from './catalogue.ts'
import { type ListOptions, listPictures } from './list-pictures.ts'
import type { Product } from './product.ts'

/**
 * Reads a plain folder of pictures as a catalogue.
 *
 * Each sub-folder is a product with all pictures below it, its id the folder's name; each loose
 * picture is a product of its own, its id the file's name. Titles are the names in words.
 * @throws NotFound when the folder does not exist
 * @throws InvalidInput when it holds no picture
 */
export async function readFolderCatalogue(
  folder: string,
  options: ListOptions = {},
): Promise<Catalogue> {
  const { pictures, skipped } = await listPictures(folder, options)
  const products = new Map<string, Product & { pictures: Product['pictures'][number][] }>()
  for (const path of pictures) {
    const [id = '', ...below] = relative(folder, path).split(sep)
    const picture = { path: resolve(path), kind: 'catalogue' as const }
    const known = products.get(id)
    if (known !== undefined) known.pictures.push(picture)
    else {
      const name = below.length > 0 ? id : basename(id, extname(id))
      products.set(id, { id, title: inWords(name), attributes: {}, pictures: [picture] })
    }
  }
  if (products.size === 0)
    throw invalidInput(
      `${folder}: no pictures in this folder; put in one sub-folder of JPEG, PNG, WebP, GIF or AVIF files a product, or give a .csv or .jsonl file`,
    )
  return { name: basename(resolve(folder)), products: [...products.values()], skipped }
}

function inWords(name: string): string {
  return name.replace(/[-_\s]+/g, ' ').trim() || name
}

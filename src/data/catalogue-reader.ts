import { stat } from 'node:fs/promises'
import { basename, dirname, extname } from 'node:path'
import { invalidInput, notFound } from '../core/index.ts'
import type { Catalogue } from './catalogue.ts'
import { readCsvRows } from './catalogue-csv.ts'
import { readFolderCatalogue } from './catalogue-folder.ts'
import { readJsonlRows } from './catalogue-jsonl.ts'
import { fashionCatalogue } from './fashion/fashion-catalogue.ts'
import { findFashionSet, readFashionSet } from './fashion/read-fashion.ts'
import { type GroceryPhotos, groceryCatalogue } from './grocery-catalogue.ts'
import { findGroceryStore, readGroceryStore } from './grocery-store.ts'
import { openFile } from './open-file.ts'
import { productCollector } from './product-rows.ts'
import { fetchPictures, type WebPictures } from './web/fetch-pictures.ts'

/** Options of {@link readCatalogue}. */
export interface CatalogueOptions {
  /** Let a CSV or JSONL file name pictures outside its own folder; default false. */
  readonly allowOutside?: boolean
  /** Of the Grocery Store layout, which photos join the iconic pictures; default none. */
  readonly photos?: GroceryPhotos
  /** Fetch pictures that a CSV or JSONL file names by web address; default: they are refused. */
  readonly web?: WebPictures
  readonly signal?: AbortSignal
}

const catalogueFileLimitBytes = 256 * 2 ** 20

/**
 * Reads anyone's catalogue: a .csv or .jsonl file of products, a folder of pictures, the
 * Grocery Store data set or the Fashion Product Images. The pictures themselves are not opened.
 *
 * Files are streamed, at most 256 MiB. Picture paths are relative to the file's folder and must
 * stay in it unless `allowOutside`.
 * @throws NotFound when the path does not exist
 * @throws Conflict when two products share an id, naming both lines
 * @throws InvalidInput, naming file and line, when it cannot be understood or holds no product
 */
export async function readCatalogue(
  path: string,
  options: CatalogueOptions = {},
): Promise<Catalogue> {
  const { photos = 'none', signal } = options
  if (!(await isFolder(path))) return readFile(path, options)
  if ((await findGroceryStore(path)) !== undefined)
    return groceryCatalogue(await readGroceryStore(path), { photos })
  if ((await findFashionSet(path)) !== undefined)
    return fashionCatalogue(await readFashionSet(path))
  return readFolderCatalogue(path, signal === undefined ? {} : { signal })
}

async function readFile(path: string, options: CatalogueOptions): Promise<Catalogue> {
  const { allowOutside = false, web, signal } = options
  const extension = extname(path)
  const rowsOf = readers[extension.toLowerCase()]
  if (rowsOf === undefined)
    throw invalidInput(
      `${path}: a catalogue is a .csv or .jsonl file or a folder of pictures; rename or convert it`,
    )
  const collector = productCollector({
    file: path,
    folder: dirname(path),
    allowOutside,
    allowWeb: web !== undefined,
  })
  const file = await openFile(path, { what: 'catalogue', limitBytes: catalogueFileLimitBytes })
  try {
    for await (const row of rowsOf(path, file, signal)) collector.add(row)
  } finally {
    await file.handle.close()
  }
  const catalogue = collector.finish(basename(path, extension))
  return web === undefined ? catalogue : fetchPictures(catalogue, web, signal)
}

const readers: Partial<Record<string, typeof readCsvRows>> = {
  '.csv': readCsvRows,
  '.jsonl': readJsonlRows,
  '.ndjson': readJsonlRows,
}

async function isFolder(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory()
  } catch (cause) {
    throw notFound(`${path}: no such catalogue file or folder; check the path`, { cause })
  }
}

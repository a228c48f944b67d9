import { createHash } from 'node:crypto'
import { type Progress, silent, throwIfAborted } from '../../core/index.ts'
import { type DecodeOptions, decodeImage, type Picture } from '../../data/index.ts'
import type { ProductAttributes } from './product-attributes.ts'

/** A picture file and the product it shows. */
export interface LabelledFile {
  readonly path: string
  readonly product: string
}

/** Picture files to learn from and to judge by. */
export interface RetrievalFiles {
  readonly name: string
  readonly train: readonly LabelledFile[]
  readonly validation: readonly LabelledFile[]
  /** As in {@link RetrievalSet}. */
  readonly gallery?: readonly LabelledFile[]
  readonly attributes: ProductAttributes
}

/** Decoded pictures with what each shows; parallel lists. */
export interface LabelledPictures {
  readonly pictures: readonly Picture[]
  readonly products: readonly string[]
}

/** Pictures to learn from and pictures to judge by. */
export interface RetrievalSet {
  readonly train: LabelledPictures
  /** Queries that are never learned from. */
  readonly validation: LabelledPictures
  /** Where the queries' products are looked for; default: the pictures to learn from. */
  readonly gallery?: LabelledPictures
  /** What is said of the products that are learned from. */
  readonly attributes: ProductAttributes
}

/** The products that pictures show, each once, in the order of their first picture. */
export function productNames({ products }: Pick<LabelledPictures, 'products'>): string[] {
  return [...new Set(products)]
}

/** How {@link decodeAll} decodes. */
export interface DecodeAllOptions extends Pick<DecodeOptions, 'longestSide' | 'square'> {
  readonly progress?: Progress
  readonly signal?: AbortSignal
}

/** Decodes all files, a few at a time, in order. */
export async function decodeAll(
  files: readonly LabelledFile[],
  { progress = silent, signal, ...decoding }: DecodeAllOptions,
): Promise<LabelledPictures> {
  const pictures: Picture[] = []
  const atOnce = 16
  for (let start = 0; start < files.length; start += atOnce) {
    throwIfAborted(signal, 'decoding pictures')
    const some = files.slice(start, start + atOnce)
    pictures.push(...(await Promise.all(some.map(({ path }) => decodeImage(path, decoding)))))
    progress({
      task: 'Decoding pictures',
      done: pictures.length,
      total: files.length,
      unit: 'pictures',
    })
  }
  return { pictures, products: files.map(({ product }) => product) }
}

/** A hash of labelled pictures: which data a model was trained on. */
export function hashPictures({ pictures, products }: LabelledPictures): string {
  const hash = createHash('sha256')
  pictures.forEach(({ width, height, data }, i) => {
    hash.update(`${products[i]}:${width}x${height}:`).update(data)
  })
  return hash.digest('hex')
}

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Progress, silent } from '../../core/index.ts'
import {
  type FashionSet,
  type FashionSplit,
  fashionSplitOf,
  type Skipped,
} from '../../data/index.ts'
import { membersOf, type PictureEncoder } from '../../encoders/index.ts'
import {
  buildIndex,
  type EncoderWeights,
  type IndexedPicture,
  openIndex,
} from '../../search/index.ts'
import { encodeFiles } from '../catalogue/encode.ts'
import { indexedEncoder } from '../catalogue/index-catalogue.ts'
import {
  type AttributeFigures,
  attributeRetrieval,
  type IndexedQuery,
} from './attribute-retrieval.ts'
import { type DistortedFigures, distortedRetrieval } from './distorted-retrieval.ts'
import { typeAndColour } from './type-and-colour.ts'

/** What {@link evaluateFashion} takes. */
export interface EvaluateFashionOptions {
  readonly set: FashionSet
  /** One encoder or several joined. */
  readonly encoder: PictureEncoder
  /** How much each of several counts; default: all the same. */
  readonly weights?: EncoderWeights
  /** The products that are queries; all products are searched among. */
  readonly split: FashionSplit
  /** Of the distortions. */
  readonly seed: number
  readonly progress?: Progress
  readonly signal?: AbortSignal
}

/** How well an encoder does on the Fashion Product Images. */
export interface FashionReport {
  /** Same article type and base colour among the nearest. */
  readonly attributes: AttributeFigures
  /** The product itself by a distorted photo. */
  readonly distorted: DistortedFigures
  /** Products without a readable picture. */
  readonly skipped: readonly Skipped[]
}

/**
 * Measures an encoder on the Fashion Product Images: whether the nearest others of a product are
 * of its type and colour, and whether it is found by a distorted photo of itself, both among all
 * products. The vectors lie in an index in a temporary folder meanwhile.
 * @throws InvalidInput when the split is empty or the weights are not usable; Cancelled
 */
export async function evaluateFashion(options: EvaluateFashionOptions): Promise<FashionReport> {
  const { set, encoder, weights, split, seed, progress = silent, signal } = options
  const stop = signal === undefined ? {} : { signal }
  const asked = new Set(
    set.products.filter((product) => fashionSplitOf(product) === split).map(({ id }) => id),
  )
  const queries: IndexedQuery[] = []
  const skipped = [...set.skipped]
  async function* pictures(): AsyncGenerator<IndexedPicture> {
    const files = set.products.map(({ id, path }) => ({ product: id, path }))
    const onSkipped = (one: Skipped) => void skipped.push(one)
    for await (const encoded of encodeFiles({ files, encoder, onSkipped, progress, ...stop })) {
      const { product, vector } = encoded
      if (asked.has(product)) queries.push({ product, vector: vector.slice() })
      yield encoded
    }
  }
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-fashion-'))
  try {
    await buildIndex(folder, {
      encoders: membersOf(encoder).map(indexedEncoder),
      ...(weights === undefined ? {} : { weights }),
      pictures: pictures(),
      ...stop,
    })
    const index = await openIndex(folder)
    try {
      const readable = new Set(queries.map(({ product }) => product))
      const files = set.products
        .filter(({ id }) => readable.has(id))
        .map(({ id, path }) => ({ path, product: id }))
      return {
        attributes: await attributeRetrieval({
          index,
          queries,
          labels: typeAndColour(set),
          ...stop,
        }),
        distorted: await distortedRetrieval({ index, encoder, files, seed, progress, ...stop }),
        skipped,
      }
    } finally {
      await index.close()
    }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

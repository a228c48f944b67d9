import { type Progress, rngFromSeed, silent, throwIfAborted } from '../../core/index.ts'
import { decodeImage } from '../../data/index.ts'
import type { PictureEncoder } from '../../encoders/index.ts'
import { firstRightRank, meanReciprocalRank, precisionAtK } from '../../metrics/index.ts'
import type { VectorIndex } from '../../search/index.ts'
import { queryDecodeSide } from '../catalogue/encode.ts'
import type { LabelledFile } from '../training/retrieval-set.ts'
import { distortPicture } from './distort.ts'

/** What {@link distortedRetrieval} takes. */
export interface DistortedRetrievalOptions {
  readonly index: VectorIndex
  /** The one that made the index. */
  readonly encoder: PictureEncoder
  /** Pictures of products in the index, each searched for with a distortion of itself. */
  readonly files: readonly LabelledFile[]
  /** Of the distortions; what a product gets follows from it and the product's id alone. */
  readonly seed: number
  readonly progress?: Progress
  readonly signal?: AbortSignal
}

/** How often a product is found by a distorted picture of itself; shares are from 0 to 1. */
export interface DistortedFigures {
  readonly queries: number
  readonly gallery: number
  readonly p1: number
  readonly p5: number
  readonly p10: number
  /** Counting the first ten hits. */
  readonly meanReciprocalRank: number
}

const deepest = 10
const atOnce = 64

/**
 * Looks for every product among all with a distorted photo of itself.
 * @throws InvalidInput when there is no file, or one cannot be read; Cancelled
 */
export async function distortedRetrieval(
  options: DistortedRetrievalOptions,
): Promise<DistortedFigures> {
  const { index, encoder, files, seed, progress = silent, signal } = options
  const longestSide = queryDecodeSide(encoder)
  const rng = rngFromSeed(seed)
  const stop = signal === undefined ? {} : { signal }
  const ranks: number[] = []
  for (let start = 0; start < files.length; start += atOnce) {
    throwIfAborted(signal, 'distorted pictures')
    const some = files.slice(start, start + atOnce)
    const pictures = await Promise.all(
      some.map(async ({ path, product }) =>
        distortPicture(await decodeImage(path, { longestSide }), rng.fork(product)),
      ),
    )
    const vectors = await encoder.encode(pictures, stop)
    const found = await index.searchProducts(vectors, { top: deepest, ...stop })
    for (const [i, { product }] of some.entries())
      ranks.push(
        firstRightRank(
          found[i]!.map((hit) => hit.product),
          product,
        ),
      )
    progress({
      task: 'Searching with distorted pictures',
      done: ranks.length,
      total: files.length,
      unit: 'pictures',
    })
  }
  return {
    queries: files.length,
    gallery: index.count,
    p1: precisionAtK(ranks, 1),
    p5: precisionAtK(ranks, 5),
    p10: precisionAtK(ranks, deepest),
    meanReciprocalRank: meanReciprocalRank(ranks),
  }
}

import { createHash } from 'node:crypto'
import { type Progress, silent, throwIfAborted } from '../../core/index.ts'
import {
  decodeImage,
  type LfwView,
  type LoadedPairs,
  loadPairs,
  middleOf,
  type Picture,
  resizePicture,
  splitPairs,
} from '../../data/index.ts'
import type { PhotoView } from './verifier-recipe.ts'

/** Of the split of View 1's training pairs: the same for every run, so that their validation compares. */
const splitSeed = 1

/** Pairs to learn from and pairs to choose by. */
export interface PairSet {
  readonly name: string
  readonly train: LoadedPairs<Picture>
  readonly validation: LoadedPairs<Picture>
}

/** How {@link loadPairSet} loads. */
export interface LoadPairSet {
  /** What is kept of a photo to learn from, and what validation sees. */
  readonly views: { readonly train: PhotoView; readonly validation: PhotoView }
  readonly progress?: Progress
  readonly signal?: AbortSignal
}

/** Splits the training pairs of Labeled Faces in the Wild and loads their photos. */
export async function loadPairSet(
  { train: pairs }: Pick<LfwView, 'train'>,
  { views, ...options }: LoadPairSet,
): Promise<PairSet> {
  const { train, validation } = splitPairs(pairs, { seed: splitSeed })
  return {
    name: 'Labeled Faces in the Wild, View 1',
    train: await loadPairs(train, photoLoader({ view: views.train, ...options })),
    validation: await loadPairs(validation, photoLoader({ view: views.validation, ...options })),
  }
}

/** The validation pairs that every run is chosen by. */
export const validationPairs = ({ train }: Pick<LfwView, 'train'>) =>
  splitPairs(train, { seed: splitSeed }).validation

/** Reads a photo and keeps what a view shows of it. */
export function photoLoader({
  view,
  progress = silent,
  signal,
}: Omit<LoadPairSet, 'views'> & { readonly view: PhotoView }): (path: string) => Promise<Picture> {
  let done = 0
  return async (path) => {
    throwIfAborted(signal, 'decoding photos')
    const picture = middleOf(await decodeImage(path), view.middle)
    progress({ task: 'Decoding photos', done: ++done, unit: 'photos' })
    return resizePicture(picture, view.size, view.size)
  }
}

/** A hash of pairs and their pictures: which data a model was trained on. */
export function hashPairs({ pairs, photos }: LoadedPairs<Picture>): string {
  const hash = createHash('sha256')
  for (const { same, paths } of pairs) {
    hash.update(`${same}:`)
    for (const path of paths) hash.update(photos.get(path)!.data)
  }
  return hash.digest('hex')
}

import { hashText, rngFromSeed } from '../../core/index.ts'
import type { FashionProduct } from './read-fashion.ts'

/** The three parts of the data set. */
export const fashionSplits = ['train', 'val', 'test'] as const

/** The name of a part. */
export type FashionSplit = (typeof fashionSplits)[number]

/**
 * Which part a product belongs to: about eight tenths train, a tenth val, a tenth test.
 *
 * Nobody published a split of this data set, so this is ours. It follows from the seed and the
 * product's title alone: it stays when other products come or go, and products of one title, often
 * the same thing photographed twice, never stand on both sides.
 * @param seed of the split; 0 everywhere in Vitrine
 */
export function fashionSplitOf({ title }: Pick<FashionProduct, 'title'>, seed = 0): FashionSplit {
  const chance = rngFromSeed(hashText(`${seed}:${title.toLowerCase()}`)).next()
  return chance < 0.8 ? 'train' : chance < 0.9 ? 'val' : 'test'
}

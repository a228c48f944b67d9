import { notFound, rngFromSeed } from '../../core/index.ts'
import {
  type FacePair,
  findGroceryStore,
  groceryPairs,
  readGroceryStore,
  readLfw,
} from '../../data/index.ts'
import { validationPairs } from '../../verification/index.ts'

/** Pairs to calibrate on and pairs to measure with. */
export interface PairLists {
  readonly name: string
  readonly validation: readonly FacePair[]
  readonly test: readonly FacePair[]
}

/**
 * The pairs of a data set: those of Labeled Faces in the Wild (a fifth of the training list validates), or
 * pairs of photos of the Grocery Store that follow from a seed.
 * @throws NotFound when the folder holds neither
 */
export async function readPairLists(folder: string, seed: number): Promise<PairLists> {
  if ((await findGroceryStore(folder)) !== undefined) {
    const store = await readGroceryStore(folder)
    const pairs = (split: 'val' | 'test') =>
      groceryPairs(store, split, rngFromSeed(seed).fork(split))
    return { name: 'Grocery Store', validation: pairs('val'), test: pairs('test') }
  }
  try {
    const view = await readLfw(folder)
    const name = 'Labeled Faces in the Wild, View 1'
    return { name, validation: validationPairs(view), test: view.test }
  } catch (cause) {
    if ((cause as { code?: string }).code !== 'NotFound') throw cause
    throw notFound(
      `${folder}: neither Labeled Faces in the Wild (pairsDevTrain.txt, pairsDevTest.txt, images/) nor the Grocery Store (classes.csv, train.txt); see "vitrine data list"`,
      { cause },
    )
  }
}

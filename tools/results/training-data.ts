import { join } from 'node:path'
import { rngFromSeed } from '../../src/core/index.ts'
import {
  type CurationRecipe,
  decodedSide,
  findRetrievalFiles,
  hashPictures,
  loadRetrievalSet,
} from '../../src/curation/index.ts'
import type { SectionContext } from './context.ts'
import type { TrainedRunOptions } from './trained-run.ts'

/** Gives every recipe its decoded data. */
export type TrainingData = (
  recipe: CurationRecipe,
  /** Of the data sets: `grocery` or `fashion`. */
  folder: string,
) => Promise<TrainedRunOptions['data']>

/** Decodes the data of recipes, once for all that want the same. */
export function trainingData({ data, progress, signal }: SectionContext): TrainingData {
  const known = new Map<string, Promise<TrainedRunOptions['data']>>()
  const load = async (
    recipe: CurationRecipe,
    folder: string,
  ): Promise<TrainedRunOptions['data']> => {
    const options = { cataloguePicturesOnly: recipe.cataloguePicturesOnly === true, signal }
    const files = await findRetrievalFiles(join(data, folder), rngFromSeed(0), options)
    const longestSide = decodedSide(recipe)
    const set = await loadRetrievalSet(files, { longestSide, progress, signal })
    return { set, name: files.name, hash: hashPictures(set.train) }
  }
  return (recipe, folder) => {
    const key = `${folder} ${decodedSide(recipe)} ${recipe.cataloguePicturesOnly === true}`
    const loaded = known.get(key) ?? load(recipe, folder)
    known.set(key, loaded)
    return loaded
  }
}

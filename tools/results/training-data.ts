import { join } from 'node:path'
import { rngFromSeed } from '../../src/core/index.ts'
import {
  type CurationRecipe,
  decodedSide,
  findRetrievalFiles,
  hashPictures,
  loadRetrievalSet,
  type RetrievalSet,
} from '../../src/curation/index.ts'
import type { SectionContext } from './context.ts'
import { rememberOfFiles } from './file-memory.ts'
import type { TrainedRunOptions } from './trained-run.ts'

/** Gives every recipe its data. */
export type TrainingData = (
  recipe: CurationRecipe,
  /** Of the data sets: `grocery` or `fashion`. */
  folder: string,
) => Promise<TrainedRunOptions['data']>

/** Finds the data of recipes; they are decoded where they are needed, once for all that want the same. */
export function trainingData(context: SectionContext): TrainingData {
  const { data, runs, progress, signal } = context
  const known = new Map<string, Promise<TrainedRunOptions['data']>>()
  const load = async (
    recipe: CurationRecipe,
    folder: string,
  ): Promise<TrainedRunOptions['data']> => {
    const options = { cataloguePicturesOnly: recipe.cataloguePicturesOnly === true, signal }
    const files = await findRetrievalFiles(join(data, folder), rngFromSeed(0), options)
    const longestSide = decodedSide(recipe)
    let loaded: Promise<RetrievalSet> | undefined
    const set = () => (loaded ??= loadRetrievalSet(files, { longestSide, progress, signal }))
    const memory = { folder: join(runs, 'data'), files: files.train, what: `pixels ${longestSide}` }
    const hash = await rememberOfFiles(memory, async () => hashPictures((await set()).train))
    return { set, name: files.name, hash }
  }
  return (recipe, folder) => {
    const key = `${folder} ${decodedSide(recipe)} ${recipe.cataloguePicturesOnly === true}`
    const loaded = known.get(key) ?? load(recipe, folder)
    known.set(key, loaded)
    return loaded
  }
}

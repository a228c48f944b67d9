import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { type GroceryStore, readGroceryStore } from '../../src/data/index.ts'
import type { SectionContext } from './context.ts'
import { type GalleryStudy, studyGallery } from './gallery-study.ts'
import { type GroceryRun, groceryRuns } from './grocery-runs.ts'
import { type GroceryVectors, galleries, groceryVectors } from './grocery-vectors.ts'
import { encoderName, frozen } from './ways.ts'

/** All that the sections on the Grocery Store tell. */
export interface GroceryStudy {
  readonly store: GroceryStore
  readonly runs: readonly GroceryRun[]
  readonly vectors: GroceryVectors
  readonly galleries: readonly GalleryStudy[]
}

/** Trains what is missing, encodes and ranks; see {@link GroceryStudy}. */
export async function groceryStudy(context: SectionContext): Promise<GroceryStudy> {
  const store = await readGroceryStore(join(context.data, 'grocery'))
  const runs = await groceryRuns(context)
  const hasFrozen = (await stat(context.mobilenet).catch(() => undefined)) !== undefined
  const models = [
    ...runs.map((run) => ({ name: encoderName(run), path: run.model })),
    ...(hasFrozen ? [{ name: frozen, path: context.mobilenet }] : []),
  ]
  const vectors = await groceryVectors(store, models, context)
  const studies: GalleryStudy[] = []
  for (const gallery of galleries) studies.push(await studyGallery(vectors, gallery, context))
  return { store, runs, vectors, galleries: studies }
}

import { type CurationRecipe, curationRecipes } from '../../src/curation/index.ts'
import type { SectionContext } from './context.ts'
import { type TrainedRun, trainedRun } from './trained-run.ts'
import { trainingData } from './training-data.ts'

/** The paper's three retrievers, in the order of its table. */
export const kinds = ['attributes', 'triplet', 'dino'] as const

/** One of {@link kinds}. */
export type Kind = (typeof kinds)[number]

/** What retrievers learn from: the iconic pictures alone, or these and the train photos. */
export const trainings = ['iconic', 'photos'] as const

/** One of {@link trainings}. */
export type Training = (typeof trainings)[number]

/** A retriever of the study that has learned. */
export interface GroceryRun extends TrainedRun {
  readonly kind: Kind
  readonly training: Training
  readonly recipe: CurationRecipe
}

/** The recipe of a retriever. */
export function recipeOf(kind: Kind, training: Training): CurationRecipe {
  const suffix = training === 'iconic' ? '-iconic' : ''
  return curationRecipes[`curation/grocery-${kind}${suffix}` as const]
}

/** All finished runs of the three retrievers; what is missing is trained if trainings are wanted. */
export async function groceryRuns(context: SectionContext): Promise<GroceryRun[]> {
  const dataOf = trainingData(context)
  const found: GroceryRun[] = []
  for (const seed of context.seeds)
    for (const training of trainings)
      for (const kind of kinds) {
        const recipe = recipeOf(kind, training)
        const data = await dataOf(recipe, 'grocery')
        const run = await trainedRun({ recipe, seed, data }, context)
        if (run !== undefined) found.push({ ...run, kind, training, recipe })
      }
  return found
}

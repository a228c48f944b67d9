import { groceryDino } from './grocery-dino.ts'
import { groceryTriplet } from './grocery-triplet.ts'
import { sampleShopTriplet } from './sample-shop-triplet.ts'

/** The recipes of the curation job, by the name that `vitrine train` takes. */
export const curationRecipes = {
  'curation/grocery-triplet': groceryTriplet,
  'curation/grocery-dino': groceryDino,
  'curation/sample-shop-triplet': sampleShopTriplet,
} as const

import type { TripletRecipe } from '../training/triplet-recipe.ts'
import { groceryTriplet } from './grocery-triplet.ts'
import { sampleShopTriplet } from './sample-shop-triplet.ts'

/** The recipes of the curation job, by the name that `vitrine train` takes. */
export const curationRecipes: Readonly<Record<string, TripletRecipe>> = {
  'curation/grocery-triplet': groceryTriplet,
  'curation/sample-shop-triplet': sampleShopTriplet,
}

import type { CurationRecipe } from '../training/open-retriever.ts'
import { fashionAttributes } from './fashion-attributes.ts'
import { groceryAttributes } from './grocery-attributes.ts'
import { groceryAttributesIconic } from './grocery-attributes-iconic.ts'
import { groceryDino } from './grocery-dino.ts'
import { groceryDinoIconic } from './grocery-dino-iconic.ts'
import { groceryMobilenet } from './grocery-mobilenet.ts'
import { groceryTriplet } from './grocery-triplet.ts'
import { groceryTripletIconic } from './grocery-triplet-iconic.ts'
import { ownCatalogue } from './own-catalogue.ts'
import { sampleShopAttributes } from './sample-shop-attributes.ts'
import { sampleShopTriplet } from './sample-shop-triplet.ts'

/** The recipes of the curation job, by the name that `vitrine train` takes. */
export const curationRecipes = {
  'curation/own-catalogue': ownCatalogue,
  'curation/grocery-triplet': groceryTriplet,
  'curation/grocery-triplet-iconic': groceryTripletIconic,
  'curation/grocery-dino': groceryDino,
  'curation/grocery-dino-iconic': groceryDinoIconic,
  'curation/grocery-mobilenet': groceryMobilenet,
  'curation/grocery-attributes': groceryAttributes,
  'curation/grocery-attributes-iconic': groceryAttributesIconic,
  'curation/fashion-attributes': fashionAttributes,
  'curation/sample-shop-triplet': sampleShopTriplet,
  'curation/sample-shop-attributes': sampleShopAttributes,
} as const

/** What a recipe file exports: a whole recipe, or what it changes of another one. */
export type RecipeFile =
  | CurationRecipe
  | ({ readonly extends: keyof typeof curationRecipes } & ChangesOf<CurationRecipe>)

type ChangesOf<Recipe> = Recipe extends CurationRecipe ? Partial<Recipe> : never

import type { AttributeRecipe } from '../training/attribute-recipe.ts'
import { groceryAttributes } from './grocery-attributes.ts'
import { sampleShopTriplet } from './sample-shop-triplet.ts'

const { attributes, ...shared } = groceryAttributes

/** Every attribute of the sample shops (title, kind, colour, pattern), learned as in the grocery's recipe. */
export const sampleShopAttributes: AttributeRecipe = {
  ...shared,
  name: 'sample-shop-attributes',
  phases: sampleShopTriplet.phases,
}

import type { AttributeRecipe } from '../training/attribute-recipe.ts'
import { groceryAttributes } from './grocery-attributes.ts'

/** What can be seen of clothes and accessories, from one picture a product. */
export const fashionAttributes: AttributeRecipe = {
  ...groceryAttributes,
  name: 'fashion-attributes',
  phases: [{ epochs: 20, size: 64 }],
  productsPerBatch: 64,
  picturesPerProduct: 1,
  attributes: [
    { name: 'title', from: ['title'] },
    { name: 'type', from: ['articleType'] },
    { name: 'category', from: ['subCategory'] },
    { name: 'colour', from: ['baseColour'] },
    { name: 'gender', from: ['gender'] },
    { name: 'usage', from: ['usage'] },
  ],
  servedSize: 64,
  validateEvery: 2,
}

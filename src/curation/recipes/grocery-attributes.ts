import type { AttributeRecipe } from '../training/attribute-recipe.ts'
import { groceryTriplet } from './grocery-triplet.ts'

const { loss, ...shared } = groceryTriplet

/** The shipped encoder's network and pictures, taught by what is said of the products instead. */
export const groceryAttributes: AttributeRecipe = {
  ...shared,
  kind: 'attributes',
  name: 'grocery-attributes',
  attributes: [
    { name: 'title', from: ['title'] },
    { name: 'category', from: ['category'] },
    { name: 'description', from: ['description'] },
    {
      name: 'colour',
      from: ['title', 'description'],
      words: [
        'red',
        'green',
        'yellow',
        'orange',
        'brown',
        'white',
        'pink',
        'purple',
        'violet',
        'black',
        'golden',
      ],
    },
  ],
  text: 'words',
  hidden: [256],
}

import type { TripletRecipe } from '../training/triplet-recipe.ts'
import { groceryTriplet } from './grocery-triplet.ts'

/** The demo's encoder: the same network and loss on sample shops of other seeds than the demo's. */
export const sampleShopTriplet: TripletRecipe = {
  ...groceryTriplet,
  name: 'sample-shop-triplet',
  phases: [
    { epochs: 30, size: 64 },
    { epochs: 15, size: 96 },
  ],
}

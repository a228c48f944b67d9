import { defaultAugmentation } from '../../data/index.ts'
import type { TripletRecipe } from '../training/triplet-recipe.ts'

/** The shipped encoder: triplet loss on the Grocery Store photos and iconic pictures. */
export const groceryTriplet = {
  kind: 'triplet',
  name: 'grocery-triplet',
  network: { widths: [16, 48, 96, 192], blocks: [1, 1, 1], dimension: 128 },
  phases: [
    { epochs: 60, size: 64 },
    { epochs: 40, size: 96 },
  ],
  productsPerBatch: 16,
  picturesPerProduct: 4,
  loss: { margin: 0.5, minerEpsilon: 0.1 },
  augmentation: defaultAugmentation,
  optimizer: { peakLearningRate: 2e-3, warmUp: 0.1, weightDecay: 0.02 },
  servedSize: 112,
  validateEvery: 5,
  patience: 8,
} satisfies TripletRecipe

import { defaultAugmentation } from '../../data/index.ts'
import type { CosineRecipe } from '../training/verifier-recipe.ts'

/**
 * Better than the paper from the same pairs: the face alone (it lies in the middle of the photo), varied
 * views, a smaller and deeper network, cosines. It follows the image-restricted protocol: of a pair is known only
 * whether it is the same.
 */
export const facesCosine: CosineRecipe = {
  kind: 'cosine',
  name: 'faces-cosine',
  view: { middle: 0.5, size: 64 },
  source: { middle: 0.62, size: 88 },
  network: { widths: [16, 32, 64, 128], blocks: [1, 1, 1], dimension: 128, places: true },
  mirrored: true,
  pairsPerBatch: 64,
  phases: [{ epochs: 40, compared: 'given' }],
  augmentation: {
    ...defaultAugmentation,
    area: [0.5, 0.8],
    aspect: [0.9, 1.1],
    rotationDegrees: [-8, 8],
    perspective: { probability: 0, strength: 0 },
    light: {
      probability: 0.8,
      brightness: [0.75, 1.25],
      contrast: [0.75, 1.25],
      saturation: [0, 1.2],
      hueDegrees: [0, 0],
      gamma: [0.8, 1.25],
    },
  },
  optimizer: { peakLearningRate: 2e-3, warmUp: 0.1, weightDecay: 0.05 },
  validateEvery: 2,
  patience: 8,
}

/** Recipes that are to beat the paper's, by what they compare. */
export const faceRecipes: readonly CosineRecipe[] = [
  facesCosine,
  {
    ...facesCosine,
    name: 'faces-views',
    phases: [
      { epochs: 10, compared: 'views' },
      { epochs: 30, compared: 'given' },
    ],
  },
  {
    ...facesCosine,
    name: 'faces-named',
    phases: [{ epochs: 40, compared: 'named' }],
  },
]

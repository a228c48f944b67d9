import { defaultAugmentation } from '../../data/index.ts'
import type { DinoRecipe } from '../training/dino-recipe.ts'
import { groceryTriplet } from './grocery-triplet.ts'

/** Self-distillation over different photos of a product: flip, crop and perspective, never colour. */
export const groceryDino: DinoRecipe = {
  kind: 'dino',
  name: 'grocery-dino',
  network: groceryTriplet.network,
  phases: [
    { epochs: 100, size: 64 },
    { epochs: 40, size: 96 },
  ],
  productsPerBatch: 32,
  picturesPerProduct: 4,
  crops: { globalArea: [0.4, 1], localArea: [0.1, 0.4], localSize: 0.6 },
  head: { hidden: 256, bottleneck: 64, prototypes: 256 },
  studentTemperature: 0.1,
  teacher: {
    momentum: 0.98,
    temperature: { start: 0.03, end: 0.04, warmUp: 0.3 },
    centreMomentum: 0.9,
  },
  clipNorm: 3,
  augmentation: {
    ...defaultAugmentation,
    rotationDegrees: [0, 0],
    light: { ...defaultAugmentation.light, probability: 0 },
    blur: { ...defaultAugmentation.blur, probability: 0 },
  },
  optimizer: { peakLearningRate: 3e-3, warmUp: 0.1, weightDecay: 0.04 },
  servedSize: 112,
  validateEvery: 5,
  patience: 8,
}

import { defaultAugmentation } from '../../data/index.ts'
import type { ProxyRecipe } from '../training/proxy-recipe.ts'

/**
 * Fine-tunes a network that was trained on ImageNet (`--model`; its numbers were found with MobileNet v1)
 * on the Grocery Store photos. Its first nine layers, which cost half of the time, stay as they are.
 */
export const groceryMobilenet: ProxyRecipe = {
  kind: 'proxy',
  name: 'grocery-mobilenet',
  network: {
    kind: 'imported',
    settings: { mean: 0.5, std: 0.5 },
    trainable: { lastLayers: 17 },
    rate: 0.1,
  },
  phases: [
    { epochs: 10, size: 128 },
    { epochs: 5, size: 192 },
  ],
  productsPerBatch: 16,
  picturesPerProduct: 2,
  loss: { scale: 16, smoothing: 0 },
  // gentler than for random weights; on val no worse than that, within what seeds differ by
  augmentation: {
    ...defaultAugmentation,
    area: [0.5, 1],
    light: {
      ...defaultAugmentation.light,
      brightness: [0.8, 1.2],
      contrast: [0.8, 1.2],
      saturation: [0.85, 1.15],
      hueDegrees: [-2, 2],
      gamma: [0.9, 1.1],
    },
  },
  optimizer: { peakLearningRate: 1e-2, warmUp: 0.1, weightDecay: 0.01 },
  servedSize: 224,
  validateEvery: 8,
  patience: 4,
}

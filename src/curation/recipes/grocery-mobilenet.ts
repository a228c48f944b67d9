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
  augmentation: defaultAugmentation,
  optimizer: { peakLearningRate: 1e-2, warmUp: 0.1, weightDecay: 0.01 },
  servedSize: 224,
  validateEvery: 8,
  patience: 4,
}

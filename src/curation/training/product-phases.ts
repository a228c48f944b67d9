import { rngFromSeed } from '../../core/index.ts'
import { augment, type Picture, picturesToTensor } from '../../data/index.ts'
import type { Mode } from '../../nn/index.ts'
import type { Phase } from '../../train/index.ts'
import type { Normalisation } from './backbone.ts'
import type { ProductBatches } from './product-batches.ts'
import type { LabelledPictures } from './retrieval-set.ts'
import type { RetrieverRecipe } from './retriever-recipe.ts'

/** What a step of training costs in forward passes: the backward pass is two. */
export const trainingPasses = 3

/** What {@link productPhases} takes. */
export interface ProductPhases {
  readonly recipe: RetrieverRecipe
  readonly seed: number
  readonly train: LabelledPictures
  readonly batches: ProductBatches
  readonly normalisation: Normalisation
  /** The graph over the inputs that productInputs names. */
  readonly build: (sizes: {
    readonly batch: number
    /** Side of the pictures in pixels. */
    readonly size: number
    readonly mode: Mode
  }) => ReturnType<Phase['build']>
}

/**
 * The phases of a recipe whose batches are P products with K varied pictures each; a product is
 * fed as its place in productNames.
 */
export function productPhases(options: ProductPhases): Phase[] {
  const { recipe, seed, train, normalisation, build } = options
  const { batch, stepsPerEpoch, productOf, chosen } = options.batches
  return recipe.phases.map(({ epochs, size }) => ({
    epochs,
    stepsPerEpoch,
    work: trainingPasses * batch * size ** 2,
    build: (mode) => build({ batch, size, mode }),
    async feeds(epoch, step) {
      const pictures = chosen(epoch, step)
      const rng = rngFromSeed(seed).fork(`augmentation ${epoch} ${step}`)
      const varied: Picture[] = []
      for (const i of pictures)
        varied.push(await augment(train.pictures[i]!, { ...recipe.augmentation, size }, rng))
      return {
        pictures: {
          dtype: 'float32',
          shape: [batch, 3, size, size],
          data: await picturesToTensor(varied, { size, fit: 'stretch', ...normalisation }),
        },
        products: {
          dtype: 'int64',
          shape: [batch],
          data: BigInt64Array.from(pictures, (i) => BigInt(productOf[i]!)),
        },
      }
    },
  }))
}

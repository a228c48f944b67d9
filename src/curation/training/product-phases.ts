import { invalidInput, rngFromSeed } from '../../core/index.ts'
import { augment, type Picture, picturesToTensor, pkBatches } from '../../data/index.ts'
import type { Mode } from '../../nn/index.ts'
import type { Phase } from '../../train/index.ts'
import { preprocessingOf } from './preprocessing.ts'
import { type LabelledPictures, productNames } from './retrieval-set.ts'
import type { RetrieverRecipe } from './retriever-recipe.ts'

/** What {@link productPhases} takes. */
export interface ProductPhases {
  readonly recipe: RetrieverRecipe
  readonly seed: number
  readonly train: LabelledPictures
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
 * fed as its place in {@link productNames}.
 * @throws InvalidInput when there is one product only
 */
export function productPhases(options: ProductPhases): Phase[] {
  const { recipe, seed, train, build } = options
  const ids = productNames(train)
  const { picturesPerProduct } = recipe
  // A small catalogue has fewer products than the recipe would put into a batch.
  const productsPerBatch = Math.min(recipe.productsPerBatch, ids.length)
  if (productsPerBatch < 2)
    throw invalidInput(
      `training: there is ${ids.length} product to learn from, at least two are needed to tell apart; add products`,
    )
  const batch = productsPerBatch * picturesPerProduct
  const placeOf = new Map(ids.map((id, i) => [id, i]))
  const productOf = train.products.map((product) => placeOf.get(product)!)
  const groups: number[][] = ids.map(() => [])
  productOf.forEach((product, i) => void groups[product]!.push(i))
  const stepsPerEpoch = Math.ceil(train.pictures.length / batch)
  const batchesOf = (epoch: number): number[][] => [
    ...pkBatches(
      { groups, productsPerBatch, picturesPerProduct, batches: stepsPerEpoch },
      rngFromSeed(seed).fork(`batches ${epoch}`),
    ),
  ]
  let known: { epoch: number; batches: number[][] } | undefined
  return recipe.phases.map(({ epochs, size }) => ({
    epochs,
    stepsPerEpoch,
    build: (mode) => build({ batch, size, mode }),
    async feeds(epoch, step) {
      if (known?.epoch !== epoch) known = { epoch, batches: batchesOf(epoch) }
      const chosen = known.batches[step]!
      const rng = rngFromSeed(seed).fork(`augmentation ${epoch} ${step}`)
      const varied: Picture[] = []
      for (const i of chosen)
        varied.push(await augment(train.pictures[i]!, { ...recipe.augmentation, size }, rng))
      return {
        pictures: {
          dtype: 'float32',
          shape: [batch, 3, size, size],
          data: await picturesToTensor(varied, preprocessingOf(size)),
        },
        products: {
          dtype: 'int64',
          shape: [batch],
          data: BigInt64Array.from(chosen, (i) => BigInt(productOf[i]!)),
        },
      }
    },
  }))
}

import { invalidInput, rngFromSeed } from '../../core/index.ts'
import { pkBatches } from '../../data/index.ts'
import { type LabelledPictures, productNames } from './retrieval-set.ts'
import type { RetrieverRecipe } from './retriever-recipe.ts'

/** Which pictures make which batch; all of it follows from the seed. */
export interface ProductBatches {
  /** P. */
  readonly products: number
  /** P K pictures. */
  readonly batch: number
  readonly stepsPerEpoch: number
  /** The product of each picture, as its place in {@link productNames}. */
  readonly productOf: readonly number[]
  /** The pictures of a batch, K of one product after K of another. */
  chosen(epoch: number, step: number): readonly number[]
}

/**
 * Batches of P products with K pictures each; an epoch takes at least as many pictures as there are.
 * @throws InvalidInput when there is one product only
 */
export function productBatches(options: {
  readonly recipe: RetrieverRecipe
  readonly seed: number
  readonly train: LabelledPictures
}): ProductBatches {
  const { recipe, seed, train } = options
  const ids = productNames(train)
  const { picturesPerProduct } = recipe
  // A small catalogue has fewer products than the recipe would put into a batch.
  const products = Math.min(recipe.productsPerBatch, ids.length)
  if (products < 2)
    throw invalidInput(
      `training: there is ${ids.length} product to learn from, at least two are needed to tell apart; add products`,
    )
  const placeOf = new Map(ids.map((id, i) => [id, i]))
  const productOf = train.products.map((product) => placeOf.get(product)!)
  const groups: number[][] = ids.map(() => [])
  productOf.forEach((product, i) => void groups[product]!.push(i))
  const stepsPerEpoch = Math.ceil(train.pictures.length / (products * picturesPerProduct))
  const batchesOf = (epoch: number): number[][] => [
    ...pkBatches(
      { groups, productsPerBatch: products, picturesPerProduct, batches: stepsPerEpoch },
      rngFromSeed(seed).fork(`batches ${epoch}`),
    ),
  ]
  let known: { epoch: number; batches: number[][] } | undefined
  return {
    products,
    batch: products * picturesPerProduct,
    stepsPerEpoch,
    productOf,
    chosen(epoch, step) {
      if (known?.epoch !== epoch) known = { epoch, batches: batchesOf(epoch) }
      return known.batches[step]!
    },
  }
}

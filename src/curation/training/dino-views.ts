import { rngFromSeed } from '../../core/index.ts'
import { augment, type Picture, picturesToTensor } from '../../data/index.ts'
import type { PictureBatch } from '../../encoders/index.ts'
import type { NamedTensors } from '../../runtime/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import type { Normalisation } from './backbone.ts'
import type { DinoRecipe } from './dino-recipe.ts'
import type { ProductBatches } from './product-batches.ts'
import { trainingPasses } from './product-phases.ts'
import type { LabelledPictures } from './retrieval-set.ts'

/** How many crops of a product are global: what the teacher sees. */
export const globalViews = 2

/** The side of local crops in pixels; a whole number of fours, which small strides divide. */
export const localSide = (size: number, share: number): number =>
  share === 1 ? size : 4 * Math.max(1, Math.round((size * share) / 4))

/** What the network is applied to in the phases of a recipe. */
export function dinoBatches(
  { phases, crops, picturesPerProduct }: DinoRecipe,
  products: number,
): PictureBatch[] {
  const locals = (picturesPerProduct - globalViews) * products
  return phases.flatMap(({ size }) => [
    { batch: globalViews * products, size },
    ...(locals === 0 ? [] : [{ batch: locals, size: localSide(size, crops.localSize) }]),
  ])
}

/** What a step costs in pixels that pass the network; the teacher sees the global crops too. */
export function dinoWork(recipe: DinoRecipe, products: number, size: number): number {
  const [globals, locals] = dinoBatches({ ...recipe, phases: [{ epochs: 1, size }] }, products)
  const pixels = (crops: PictureBatch): number => crops.batch * crops.size ** 2
  return (
    (trainingPasses + 1) * pixels(globals!) +
    (locals === undefined ? 0 : trainingPasses * pixels(locals))
  )
}

/**
 * Feeds a batch of products as crops, each of another photo of the product as far as it has enough:
 * `globals` [2 P, 3, S, S] and `locals` [(K − 2) P, 3, s, s], the first view of all products, then
 * the second.
 * @see Ahemad et al. 2024, section 2.3
 */
export async function dinoViews(batch: {
  readonly recipe: DinoRecipe
  readonly seed: number
  readonly train: LabelledPictures
  readonly batches: ProductBatches
  readonly normalisation: Normalisation
  readonly size: number
  readonly epoch: number
  readonly step: number
}): Promise<NamedTensors> {
  const { recipe, seed, train, batches, size, epoch, step } = batch
  const { crops, picturesPerProduct, augmentation } = recipe
  const chosen = batches.chosen(epoch, step)
  const rng = rngFromSeed(seed).fork(`augmentation ${epoch} ${step}`)
  const places = [...Array(batches.products).keys()].map((product) => product * picturesPerProduct)
  const views = async (
    from: number,
    to: number,
    options: { area: readonly [number, number]; size: number },
  ) => {
    const varied: Picture[] = []
    for (let view = from; view < to; view++)
      for (const place of places) {
        const picture = train.pictures[chosen[place + view]!]!
        varied.push(await augment(picture, { ...augmentation, ...options }, rng))
      }
    const shape = [varied.length, 3, options.size, options.size]
    const data = await picturesToTensor(varied, {
      size: options.size,
      fit: 'stretch',
      ...batch.normalisation,
    })
    return { dtype: 'float32', shape, data } satisfies Tensor
  }
  const globals = await views(0, globalViews, { area: crops.globalArea, size })
  if (picturesPerProduct === globalViews) return { globals }
  const local = { area: crops.localArea, size: localSide(size, crops.localSize) }
  return { globals, locals: await views(globalViews, picturesPerProduct, local) }
}

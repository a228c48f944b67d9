import { expect, test } from 'vitest'
import { rngFromSeed } from '../../core/index.ts'
import type { Picture } from '../../data/index.ts'
import { groceryDino } from '../recipes/grocery-dino.ts'
import type { DinoRecipe } from './dino-recipe.ts'
import { dinoViews } from './dino-views.ts'
import { productBatches } from './product-batches.ts'

const recipe: DinoRecipe = { ...groceryDino, productsPerBatch: 3, picturesPerProduct: 4 }

/** A picture of one colour alone, another one for each number. */
const plain = (i: number): Picture => ({
  width: 20,
  height: 16,
  data: Uint8Array.from({ length: 20 * 16 * 3 }, (_, byte) => 20 * i + (byte % 3)),
})
// Product a has five photos, b two, c one.
const train = {
  products: ['a', 'a', 'b', 'c', 'a', 'b', 'a', 'a'],
  pictures: [0, 1, 2, 3, 4, 5, 6, 7].map(plain),
}
const batches = productBatches({ recipe, seed: 4, train })
const normalisation = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const
const viewsAt = (epoch: number, step: number, size = 20) =>
  dinoViews({ recipe, seed: 4, train, batches, normalisation, size, epoch, step })

/** Which photo each crop shows; fails where a crop has more than the photo's one colour. */
function photosOf(data: ArrayLike<number | bigint>, side: number): number[] {
  const plane = side * side
  return Array.from({ length: data.length / (3 * plane) }, (_, crop) => {
    const channels = [0, 1, 2].map((c) => {
      const values = Array.from({ length: plane }, (_, i) =>
        Math.round((Number(data[(crop * 3 + c) * plane + i]) * 0.5 + 0.5) * 255),
      )
      expect(new Set(values).size).toBe(1)
      return values[0]! - c
    })
    expect(new Set(channels).size).toBe(1)
    return channels[0]! / 20
  })
}

test('views are of different photos of one product, as far as there are, and no colour changes', async () => {
  for (let epoch = 0; epoch < 6; epoch++) {
    const { globals, locals } = await viewsAt(epoch, 0)
    expect(globals!.shape).toEqual([6, 3, 20, 20])
    expect(locals!.shape).toEqual([6, 3, 12, 12])
    const seen = [...photosOf(globals!.data, 20), ...photosOf(locals!.data, 12)]
    const names = seen.map((photo) => train.products[photo])
    // the first view of all three products, then the second of all, ...
    for (const view of [1, 2, 3])
      expect(names.slice(3 * view, 3 * view + 3)).toEqual(names.slice(0, 3))
    const photosOfProduct = (name: string) => seen.filter((photo) => train.products[photo] === name)
    expect(new Set(photosOfProduct('a')).size).toBe(4)
    expect(new Set(photosOfProduct('b')).size).toBe(2)
    expect(new Set(photosOfProduct('c')).size).toBe(1)
    const [first, second] = photosOfProduct('b')
    expect(first).not.toBe(second)
  }
})

test('crops are cut: of a picture that is no plain one, two views differ', async () => {
  const rng = rngFromSeed(1)
  const noise: Picture = {
    width: 20,
    height: 16,
    data: Uint8Array.from({ length: 960 }, () => rng.integer(256)),
  }
  const one = { products: ['a', 'b', 'c'], pictures: [noise, noise, noise] }
  const views = await dinoViews({
    ...{ recipe, seed: 4, train: one, batches: productBatches({ recipe, seed: 4, train: one }) },
    ...{ normalisation, size: 20, epoch: 0, step: 0 },
  })
  const data = Array.from(views.globals!.data, Number)
  const crops = [0, 1, 2, 3, 4, 5].map((i) => data.slice(i * 1200, (i + 1) * 1200).join())
  expect(new Set(crops).size).toBe(6)
})

test('the same place in the training gives the same views, another one others', async () => {
  const data = async (epoch: number) => Array.from((await viewsAt(epoch, 0)).globals!.data, Number)
  expect(await data(1)).toEqual(await data(1))
  expect(await data(1)).not.toEqual(await data(2))
})

test('without local views there is one input', async () => {
  const two = { ...recipe, picturesPerProduct: 2 }
  const views = await dinoViews({
    ...{ recipe: two, seed: 1, train, batches: productBatches({ recipe: two, seed: 1, train }) },
    ...{ normalisation, size: 8, epoch: 0, step: 0 },
  })
  expect(Object.keys(views)).toEqual(['globals'])
})

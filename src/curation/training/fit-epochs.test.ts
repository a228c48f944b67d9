import { expect, test } from 'vitest'
import { withEpochs } from '../../train/index.ts'
import { groceryTriplet } from '../recipes/grocery-triplet.ts'
import { fitEpochs } from './fit-epochs.ts'

// 16 products with 4 pictures each make a batch; 60 and 40 epochs; a validation every 5.
const recipe = { ...groceryTriplet, totalSteps: [300, 6000] } as const

function fitted(products: number, each: number) {
  const train = Array.from({ length: products * each }, (_, i) => ({
    path: `${i}.jpg`,
    product: `${i % products}`,
  }))
  const { phases, validateEvery } = fitEpochs(recipe, { train })
  return { epochs: phases.map(({ epochs }) => epochs), validateEvery }
}

test('few pictures are seen more often, many less often, others as the recipe says', () => {
  // 80 pictures are 2 steps an epoch: 150 epochs make 300
  expect(fitted(20, 4)).toEqual({ epochs: [90, 60], validateEvery: 8 })
  // 1,600 are 25: 100 epochs make 2,500
  expect(fitted(400, 4)).toEqual({ epochs: [60, 40], validateEvery: 5 })
  // 64,000 are 1,000: 6 epochs make 6,000
  expect(fitted(16000, 4)).toEqual({ epochs: [4, 2], validateEvery: 1 })
  // 6 products make smaller batches: 24 pictures are one step
  expect(fitted(6, 4)).toEqual({ epochs: [180, 120], validateEvery: 15 })
})

test('a recipe that says nothing of steps stays as it is', () => {
  expect(fitEpochs(groceryTriplet, { train: [] })).toBe(groceryTriplet)
})

test('epochs are shared among phases in proportion; a phase may have none', () => {
  expect(withEpochs(recipe.phases, 10).map(({ epochs }) => epochs)).toEqual([6, 4])
  expect(withEpochs(recipe.phases, 1)).toEqual([{ epochs: 1, size: 64 }])
})

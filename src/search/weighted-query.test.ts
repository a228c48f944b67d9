import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  encodersOf,
  expectNearest,
  picturesOf,
  scoreOf,
  vectorsOf,
  world,
} from '../../tests/support/ensemble-world.ts'
import { bestOfLists, buildIndex, openIndex, updateIndex } from './index.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-weighted-query-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

test('law: a query of several vectors scores as the weighted sum of theirs', () =>
  fc.assert(
    fc.asyncProperty(
      world,
      fc.array(fc.double({ min: -2, max: 2, noNaN: true }), { minLength: 1, maxLength: 3 }),
      async (some, factors) => {
        fc.pre(factors.some((factor) => Math.abs(factor) > 0.01))
        const pictures = picturesOf(some)
        await buildIndex(folder, { encoders: encodersOf(some), pictures })
        const index = await openIndex(folder, { threads: 1 })
        const vectors = vectorsOf(some.seed + 1, factors.length, some.dimensions)
        const terms = vectors.map((vector, i) => ({ vector, weight: factors[i]! }))
        const [hits] = await index.search([terms], { top: 8 })
        await index.close()
        const lambda = some.dimensions.map(() => 1 / some.dimensions.length)
        const scores = pictures.map(({ vector }, row) => {
          const parts = vectors.map(
            (query, i) => factors[i]! * scoreOf(query, vector, lambda, some.dimensions),
          )
          return [row, parts.reduce((a, b) => a + b, 0)] as const
        })
        expectNearest(hits!, new Map(scores), 8)
      },
    ),
    { numRuns: 30 },
  ))

test('law: the best of several lists is the search by the largest score', () =>
  fc.assert(
    fc.asyncProperty(
      world,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 30 }),
      async (some, views, top) => {
        const pictures = picturesOf(some)
        await buildIndex(folder, { encoders: encodersOf(some), pictures })
        const index = await openIndex(folder, { threads: 1 })
        const queries = vectorsOf(some.seed + 1, views, some.dimensions)
        const together = queries.map((vector) => [{ vector, weight: 1 }])
        const byPicture = bestOfLists(await index.search(together, { top }), { top, by: 'picture' })
        const byProduct = bestOfLists(await index.searchProducts(together, { top }), {
          top,
          by: 'product',
        })
        await index.close()
        const lambda = some.dimensions.map(() => 1 / some.dimensions.length)
        const scores = pictures.map(({ vector }) =>
          Math.max(...queries.map((query) => scoreOf(query, vector, lambda, some.dimensions))),
        )
        expectNearest(byPicture, new Map(scores.entries()), top)
        const best = new Map<string, [number, number]>()
        for (const [row, score] of scores.entries()) {
          const { product } = pictures[row]!
          if (score > (best.get(product)?.[1] ?? Number.NEGATIVE_INFINITY))
            best.set(product, [row, score])
        }
        expectNearest(byProduct, new Map(best.values()), top)
      },
    ),
    { numRuns: 30 },
  ))

test('vectors of a product come back as they are stored, and find it', async () => {
  const some = { seed: 9, dimensions: [4, 6], count: 12, products: 5 }
  const pictures = picturesOf(some)
  await buildIndex(folder, { encoders: encodersOf(some), pictures })
  const index = await openIndex(folder, { threads: 1 })
  const vectors = await index.vectorsOf('p1')
  expect(vectors).toHaveLength(3)
  for (const [i, row] of [1, 6, 11].entries())
    expect(scoreOf(vectors[i]!, pictures[row]!.vector, [0.5, 0.5], [4, 6])).toBeCloseTo(1, 6)
  const [hits] = await index.search([[{ vector: vectors[1]!, weight: 1 }]], { top: 1 })
  expect(hits![0]).toMatchObject({ product: 'p1', picture: '6' })
  await expect(index.vectorsOf('q1')).rejects.toMatchObject({
    code: 'NotFound',
    message: expect.stringMatching(/product "q1" is not in the index; did you mean "p1"\?/),
  })
  const cancelling = [
    { vector: vectors[0]!, weight: 1 },
    { vector: vectors[0]!, weight: -1 },
  ]
  await expect(index.search([cancelling], { top: 1 })).rejects.toMatchObject({
    code: 'Numeric',
    message: expect.stringMatching(/query 0: its vectors cancel out/),
  })
  await index.close()
})

test('a filter and a product’s vectors still work when the files have been replaced', async () => {
  const some = { seed: 9, dimensions: [4], count: 30, products: 10 }
  await buildIndex(folder, { encoders: encodersOf(some), pictures: picturesOf(some) })
  const index = await openIndex(folder, { threads: 1 })
  await updateIndex(folder, { remove: ['p0', 'p1', 'p2'] })
  const [vector] = await index.vectorsOf('p1')
  for (const products of [new Set(['p1']), new Set(['p0', 'p1', 'p2', 'p3', 'p4'])]) {
    const [hits] = await index.search(vector!, { top: 1, products })
    expect(hits![0]).toMatchObject({ product: 'p1', picture: '1' })
  }
  expect(await index.search(vector!, { top: 3, products: new Set(['nobody']) })).toEqual([[]])
  await index.close()
})

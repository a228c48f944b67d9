import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  encodersOf,
  expectNearest,
  named,
  picturesOf,
  scoreOf,
  vectorsOf,
  weightList,
  world,
} from '../../tests/support/ensemble-world.ts'
import { buildIndex, type Hit, openIndex, readManifest, updateIndex } from './index.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-ensemble-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

const rows = (hits: readonly Hit[] | undefined) => hits!.map(({ row }) => row)

test('law: the weighted ensemble ranks as float64 brute force does, filtered or not', () =>
  fc.assert(
    fc.asyncProperty(
      world,
      weightList,
      fc.integer({ min: 1, max: 70 }),
      fc.array(fc.integer({ min: 0, max: 25 }), { maxLength: 25 }),
      async (some, list, top, allowed) => {
        const pictures = picturesOf(some)
        await buildIndex(folder, { encoders: encodersOf(some), pictures })
        const index = await openIndex(folder, { threads: 1 })
        const [query] = vectorsOf(some.seed + 1, 1, some.dimensions)
        const weights = named(list, some)
        const sum = some.dimensions.reduce((total, _, e) => total + list[e]!, 0)
        const lambda = list.map((weight) => weight / sum)
        const products = new Set(allowed.map((number) => `p${number}`))
        const [free] = await index.search(query!, { top, weights })
        const [chosen] = await index.search(query!, { top, weights, products })
        const [byProduct] = await index.searchProducts(query!, { top, weights, products })
        await index.close()
        const scores = pictures.map(({ vector }) =>
          scoreOf(query!, vector, lambda, some.dimensions),
        )
        const kept = [...scores.entries()].filter(([row]) => products.has(pictures[row]!.product))
        expectNearest(free!, new Map(scores.entries()), top)
        expectNearest(chosen!, new Map(kept), top)
        const best = new Map<string, [number, number]>()
        for (const [row, score] of kept) {
          const { product } = pictures[row]!
          if (score > (best.get(product)?.[1] ?? Number.NEGATIVE_INFINITY))
            best.set(product, [row, score])
        }
        expectNearest(byProduct!, new Map(best.values()), top)
      },
    ),
    { numRuns: 60 },
  ))

test('a choice of few products of many and of most of them give the same as one by one', async () => {
  const some = { seed: 5, dimensions: [16, 8], count: 3000, products: 1000 }
  const pictures = picturesOf(some)
  await buildIndex(folder, { encoders: encodersOf(some), pictures })
  const index = await openIndex(folder, { threads: 2 })
  const queries = vectorsOf(6, 3, some.dimensions)
  const together = Float32Array.from(queries.flatMap((query) => [...query]))
  for (const size of [1, 40, 41, 42, 300, 1000]) {
    const products = new Set(Array.from({ length: size }, (_, i) => `p${(i * 7) % 1000}`))
    const found = await index.search(together, { top: 20, products })
    for (const [q, query] of queries.entries()) {
      const scores = pictures
        .map(
          ({ vector }, row) => [row, scoreOf(query, vector, [0.5, 0.5], some.dimensions)] as const,
        )
        .filter(([row]) => products.has(pictures[row]!.product))
      expectNearest(found[q]!, new Map(scores), 20)
    }
  }
  await index.close()
})

test('law: the weight of one encoder alone gives that encoder its own ranking', () =>
  fc.assert(
    fc.asyncProperty(world, fc.nat(3), async (some, at) => {
      const e = at % some.dimensions.length
      const start = some.dimensions.slice(0, e).reduce((a, b) => a + b, 0)
      const own = (vector: Float32Array) => vector.slice(start, start + some.dimensions[e]!)
      const pictures = picturesOf(some)
      const [query] = vectorsOf(some.seed + 1, 1, some.dimensions)
      await buildIndex(folder, { encoders: encodersOf(some), pictures })
      const together = await openIndex(folder, { threads: 1 })
      const [ensemble] = await together.search(query!, { top: 10, weights: { [`e${e}`]: 3 } })
      await together.close()
      await buildIndex(folder, {
        encoders: [encodersOf(some)[e]!],
        pictures: pictures.map((one) => ({ ...one, vector: own(one.vector) })),
      })
      const alone = await openIndex(folder, { threads: 1 })
      const [single] = await alone.search(own(query!), { top: 10 })
      await alone.close()
      expect(rows(ensemble)).toEqual(rows(single))
      for (const [i, { score }] of ensemble!.entries())
        expect(Math.abs(score - single![i]!.score)).toBeLessThan(1e-6)
    }),
    { numRuns: 30 },
  ))

test('law: weights that are all larger by one factor change nothing', () =>
  fc.assert(
    fc.asyncProperty(
      world,
      weightList,
      fc.double({ min: 1e-200, max: 1e200 }),
      async (some, list, by) => {
        await buildIndex(folder, { encoders: encodersOf(some), pictures: picturesOf(some) })
        const index = await openIndex(folder, { threads: 1 })
        const [query] = vectorsOf(some.seed + 1, 1, some.dimensions)
        const search = (scale: number) =>
          index.search(query!, {
            top: 9,
            weights: named(
              list.map((w) => w * scale),
              some,
            ),
          })
        const [[plain], [scaled]] = [await search(1), await search(by)]
        await index.close()
        expect(rows(scaled)).toEqual(rows(plain))
        for (const [i, { score }] of scaled!.entries())
          expect(Math.abs(score - plain![i]!.score)).toBeLessThan(1e-6)
      },
    ),
    { numRuns: 30 },
  ))

test('an index stores weights, an update keeps or replaces them, a search overrules them', async () => {
  const encoders = encodersOf({ dimensions: [2, 2] })
  const picture = (product: string, ...vector: number[]) => ({
    product,
    picture: 'x',
    vector: Float32Array.from(vector),
  })
  const pictures = [picture('first', 1, 0, 0, 1), picture('second', 0, 1, 1, 0)]
  const query = Float32Array.of(1, 0, 1, 0)
  const nearest = async (weights?: Record<string, number>) => {
    const index = await openIndex(folder, { threads: 1 })
    const [hits] = await index.search(
      query,
      weights === undefined ? { top: 1 } : { top: 1, weights },
    )
    await index.close()
    return [hits![0]!.product, hits![0]!.score]
  }
  await buildIndex(folder, { encoders, pictures, weights: { e0: 1, e1: 3 } })
  expect(await nearest()).toEqual(['second', 0.75])
  expect(await nearest({ e0: 1 })).toEqual(['first', 1])
  await updateIndex(folder, { remove: [] })
  expect(await nearest()).toEqual(['second', 0.75])
  await updateIndex(folder, { weights: { e0: 3, e1: 1 } })
  expect(await nearest()).toEqual(['first', 0.75])
  expect((await readManifest(folder)).encoders.map(({ weight }) => weight)).toEqual([0.75, 0.25])
})

test.each([
  [{ e0: -1, e1: 1 }, /weights: e0 has the weight -1, it must be 0 or more/],
  [{ e0: Number.NaN }, /weights: e0 has the weight NaN/],
  [{ e0: Number.POSITIVE_INFINITY }, /e0 has the weight Infinity/],
  [{ e0: 0 }, /weights: all are 0/],
  [{}, /weights: all are 0/],
  [{ e2: 1 }, /there is no encoder "e2" in the index; did you mean e0\?/],
  [{ constructor: 1 }, /no encoder "constructor" in the index; it has e0, e1/],
])('weights %j are refused', async (weights, message) => {
  const some = { seed: 1, dimensions: [2, 3], count: 4, products: 4 }
  const encoders = encodersOf(some)
  await buildIndex(folder, { encoders, pictures: picturesOf(some) })
  const index = await openIndex(folder, { threads: 1 })
  const refusal = { code: 'InvalidInput', message: expect.stringMatching(message) }
  const [query] = vectorsOf(2, 1, some.dimensions)
  await expect(index.search(query!, { top: 1, weights })).rejects.toMatchObject(refusal)
  await index.close()
  await expect(buildIndex(folder, { encoders, weights, pictures: [] })).rejects.toMatchObject(
    refusal,
  )
})

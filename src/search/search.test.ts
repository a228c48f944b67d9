import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rngFromSeed } from '../core/index.ts'
import { buildIndex, createIndex, type IndexedPicture, openIndex, updateIndex } from './index.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-search-'))
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

const encoder = (dimension: number, name = 'tiny') => ({ name, dimension, hash: 'abc' })

function randomVectors(seed: number, count: number, dimension: number): Float32Array {
  const rng = rngFromSeed(seed)
  return Float32Array.from({ length: count * dimension }, () => rng.normal())
}

function picturesOf(vectors: Float32Array, dimension: number, products: number): IndexedPicture[] {
  return Array.from({ length: vectors.length / dimension }, (_, row) => ({
    product: `p${row % products}`,
    picture: `${row}.jpg`,
    vector: vectors.slice(row * dimension, (row + 1) * dimension),
  }))
}

/** Cosines in float64, the way one would on paper. */
function cosine(a: Float32Array, b: Float32Array): number {
  let [ab, aa, bb] = [0, 0, 0]
  for (let i = 0; i < a.length; i++) {
    ab += a[i]! * b[i]!
    aa += a[i]! * a[i]!
    bb += b[i]! * b[i]!
  }
  return ab / Math.sqrt(aa * bb)
}

test('finds the nearest of four known directions, nearest first, with cosine as score', async () => {
  await buildIndex(folder, {
    encoders: [encoder(2)],
    pictures: [
      { product: 'east', picture: 'a', vector: Float32Array.of(2, 0) },
      { product: 'north', picture: 'b', vector: Float32Array.of(0, 5) },
      { product: 'west', picture: 'c', vector: Float32Array.of(-0.1, 0) },
      { product: 'north-east', picture: 'd', vector: Float32Array.of(1, 1) },
    ],
  })
  const index = await openIndex(folder)
  const [hits] = await index.search(Float32Array.of(30, 40), { top: 10 })
  expect(hits!.map((hit) => hit.product)).toEqual(['north-east', 'north', 'east', 'west'])
  expect(hits!.map((hit) => hit.picture)).toEqual(['d', 'b', 'a', 'c'])
  expect(hits!.map((hit) => hit.row)).toEqual([3, 1, 0, 2])
  for (const [i, score] of [1.4 / Math.SQRT2, 0.8, 0.6, -0.6].entries())
    expect(hits![i]!.score).toBeCloseTo(score, 6)
  await index.close()
})

test('law: search ranks as float64 brute force does, for pictures and for products', () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({
        seed: fc.nat(),
        count: fc.integer({ min: 1, max: 60 }),
        dimension: fc.integer({ min: 1, max: 40 }),
        products: fc.integer({ min: 1, max: 20 }),
        queries: fc.integer({ min: 1, max: 6 }),
        top: fc.integer({ min: 1, max: 70 }),
      }),
      async ({ seed, count, dimension, products, queries, top }) => {
        const pictures = picturesOf(randomVectors(seed, count, dimension), dimension, products)
        const asked = randomVectors(seed + 1, queries, dimension)
        await buildIndex(folder, { encoders: [encoder(dimension)], pictures })
        const index = await openIndex(folder, { threads: 1 })
        const found = await index.search(asked, { top })
        const foundProducts = await index.searchProducts(asked, { top })
        await index.close()
        for (let q = 0; q < queries; q++) {
          const query = asked.subarray(q * dimension, (q + 1) * dimension)
          const cosines = pictures.map(({ vector }) => cosine(query, vector))
          const ranked = [...cosines].sort((a, b) => b - a)
          expect(found[q]).toHaveLength(Math.min(top, count))
          for (const [rank, hit] of found[q]!.entries()) {
            expect(Math.abs(hit.score - ranked[rank]!)).toBeLessThan(1e-5)
            expect(Math.abs(hit.score - cosines[hit.row]!)).toBeLessThan(1e-5)
          }
          const best = new Map<string, number>()
          for (const [row, { product }] of pictures.entries())
            best.set(product, Math.max(best.get(product) ?? -2, cosines[row]!))
          const rankedProducts = [...best.values()].sort((a, b) => b - a).slice(0, top)
          expect(foundProducts[q]).toHaveLength(rankedProducts.length)
          expect(new Set(foundProducts[q]!.map((hit) => hit.product)).size).toBe(
            rankedProducts.length,
          )
          for (const [rank, hit] of foundProducts[q]!.entries()) {
            expect(Math.abs(hit.score - rankedProducts[rank]!)).toBeLessThan(1e-5)
            expect(Math.abs(hit.score - best.get(hit.product)!)).toBeLessThan(1e-5)
          }
        }
      },
    ),
    { numRuns: 40 },
  ))

// Both sizes give the matrix product a remainder, the larger one a share for each thread as well;
// rows that are the same then differ in their last bits.
test.each([50, 5001])(
  'of %i rows, the same ones come in row order, one query or many',
  async (n) => {
    const dimension = 33
    const [one, two] = [randomVectors(1, 1, dimension), randomVectors(2, 1, dimension)]
    const pictures = Array.from({ length: n }, (_, row) => ({
      product: `p${row}`,
      picture: 'x',
      vector: row % 3 === 0 ? one : two,
    }))
    await buildIndex(folder, { encoders: [encoder(dimension)], pictures })
    const index = await openIndex(folder, { threads: 2 })
    const rows = [...pictures.keys()]
    const expected = [...rows.filter((r) => r % 3 === 0), ...rows.filter((r) => r % 3 > 0)]
    const many = new Float32Array(7 * dimension)
    for (let q = 0; q < 7; q++) many.set(one, q * dimension)
    for (const top of [5, 20, n])
      for (const queries of [one, many])
        for (const hits of await index.search(queries, { top })) {
          expect(hits.map((hit) => hit.row)).toEqual(expected.slice(0, top))
          expect(hits.every((hit, i) => i === 0 || hit.score <= hits[i - 1]!.score)).toBe(true)
        }
    await index.close()
  },
)

test('one product with nearly all the pictures does not hide the others', async () => {
  const dimension = 8
  const vectors = randomVectors(3, 1, dimension)
  const near = (row: number) => vectors.map((value, i) => value + (i === 0 ? row * 1e-3 : 0))
  const crowd = Array.from({ length: 300 }, (_, row) => ({
    product: 'crowd',
    picture: `${row}`,
    vector: near(row),
  }))
  const far = ['a', 'b', 'c'].map((product, i) => ({
    product,
    picture: 'x',
    vector: randomVectors(10 + i, 1, dimension),
  }))
  await buildIndex(folder, { encoders: [encoder(dimension)], pictures: [...crowd, ...far] })
  const index = await openIndex(folder)
  const queries = new Float32Array(2 * dimension)
  queries.set(vectors)
  queries.set(far[1]!.vector, dimension)
  const [first, second] = await index.searchProducts(queries, { top: 4 })
  expect(first![0]!.product).toBe('crowd')
  expect(new Set(first!.map((hit) => hit.product))).toEqual(new Set(['crowd', 'a', 'b', 'c']))
  expect(second!.slice(0, 1)).toMatchObject([{ product: 'b', picture: 'x' }])
  expect(second).toHaveLength(4)
  await index.close()
})

test('several encoders lie side by side and the mean of their cosines counts', async () => {
  const encoders = [encoder(3, 'shape'), encoder(2, 'colour')]
  const vector = (...values: number[]) => Float32Array.from(values)
  await buildIndex(folder, {
    encoders,
    pictures: [
      { product: 'both', picture: 'x', vector: vector(0, 0, 9, 0, 1) },
      { product: 'shape', picture: 'x', vector: vector(0, 0, 1, 5, 0) },
      { product: 'none', picture: 'x', vector: vector(1, 0, 0, -1, 0) },
    ],
  })
  const index = await openIndex(folder)
  expect(index.dimension).toBe(5)
  expect(index.encoders).toEqual(encoders)
  const [hits] = await index.search(vector(0, 0, 2, 0, 0.5), { top: 3 })
  expect(hits!.map(({ product, score }) => [product, score])).toEqual([
    ['both', 1],
    ['shape', 0.5],
    ['none', 0],
  ])
  await index.close()
})

test('an empty index gives every query an empty list', async () => {
  await createIndex(folder, { encoders: [encoder(4)] })
  const index = await openIndex(folder)
  expect(index.count).toBe(0)
  const queries = randomVectors(1, 3, 4)
  expect(await index.search(queries, { top: 5 })).toEqual([[], [], []])
  expect(await index.searchProducts(queries, { top: 5 })).toEqual([[], [], []])
  expect(await index.search(new Float32Array(0), { top: 5 })).toEqual([])
  await index.close()
})

test('queries that cannot be compared are refused by number', async () => {
  const pictures = picturesOf(randomVectors(1, 5, 4), 4, 5)
  await buildIndex(folder, { encoders: [encoder(4)], pictures })
  const index = await openIndex(folder)
  const search = (queries: Float32Array, top = 1) => index.search(queries, { top })
  await expect(search(new Float32Array(7))).rejects.toMatchObject({
    code: 'Shape',
    message: expect.stringMatching(/7 values .* queries of 4; encode/),
  })
  await expect(search(Float32Array.of(1, 0, 0, 0, 1, Number.NaN, 0, 0))).rejects.toMatchObject({
    code: 'Numeric',
    message: expect.stringMatching(/query 1: value 1 .* NaN/),
  })
  await expect(search(new Float32Array(4))).rejects.toMatchObject({ code: 'Numeric' })
  for (const top of [0, -1, 1.5, Number.NaN])
    await expect(search(randomVectors(1, 1, 4), top)).rejects.toMatchObject({
      code: 'InvalidInput',
    })
  await index.close()
})

test('a search stops as asked, a closed index says so, closing waits for searches', async () => {
  const pictures = picturesOf(randomVectors(1, 5, 4), 4, 5)
  await buildIndex(folder, { encoders: [encoder(4)], pictures })
  const index = await openIndex(folder)
  const query = randomVectors(2, 1, 4)
  await expect(index.search(query, { top: 1, signal: AbortSignal.abort() })).rejects.toMatchObject({
    code: 'Cancelled',
  })
  const running = index.search(query, { top: 2 })
  await index.close()
  expect((await running)[0]).toHaveLength(2)
  await expect(index.search(query, { top: 1 })).rejects.toMatchObject({ code: 'Unavailable' })
  await index.close()
})

test('refresh changes over to the new generation while a search ends on the old one', async () => {
  const pictures = picturesOf(randomVectors(1, 5, 4), 4, 5)
  await buildIndex(folder, { encoders: [encoder(4)], pictures })
  const index = await openIndex(folder)
  expect(await index.refresh()).toBe(false)
  const query = randomVectors(2, 1, 4)
  const before = index.search(query, { top: 9 })
  await updateIndex(folder, { remove: ['p0', 'p1'] })
  const still = index.search(query, { top: 9 })
  const [changed, alsoChanged] = await Promise.all([index.refresh(), index.refresh()])
  expect([changed, alsoChanged]).toEqual([true, true])
  expect((await before)[0]).toHaveLength(5)
  expect((await still)[0]).toHaveLength(5)
  expect((await index.search(query, { top: 9 }))[0]).toHaveLength(3)
  expect(index).toMatchObject({ count: 3, generation: 2 })
  await index.close()
})

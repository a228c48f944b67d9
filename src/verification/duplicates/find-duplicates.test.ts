import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rngFromSeed } from '../../core/index.ts'
import { buildIndex, openIndex, type VectorIndex } from '../../search/index.ts'
import { findDuplicates } from './find-duplicates.ts'
import { pairsAbove } from './pairs-above.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-duplicates-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function withIndex<T>(
  vectors: readonly (readonly number[])[],
  work: (index: VectorIndex) => Promise<T>,
): Promise<T> {
  const dimension = vectors[0]!.length
  await buildIndex(folder, {
    encoders: [{ name: 'test', dimension, hash: 'none' }],
    pictures: vectors.map((vector, i) => ({
      product: `p${i >> 1}`,
      picture: `${i}.jpg`,
      vector: Float32Array.from(vector),
    })),
  })
  const index = await openIndex(folder, { threads: 1 })
  try {
    return await work(index)
  } finally {
    await index.close()
  }
}

test('against brute force: every pair that reaches the threshold, and no other', async () => {
  await fc.assert(
    fc.asyncProperty(fc.integer(), fc.constantFrom(0.2, 0.7, 0.95), async (seed, threshold) => {
      const rng = rngFromSeed(seed)
      // more rows than a block, many of them alike, some more often than first asked for
      const centres = Array.from({ length: 6 }, () => [rng.normal(), rng.normal(), rng.normal()])
      const vectors = Array.from({ length: 90 }, (_, i) =>
        centres[i % 6]!.map((x) => x + 0.2 * rng.normal()),
      )
      const cosine = (a: readonly number[], b: readonly number[]): number => {
        const dot = (x: readonly number[], y: readonly number[]) =>
          x.reduce((sum, value, k) => sum + value * y[k]!, 0)
        return dot(a, b) / Math.sqrt(dot(a, a) * dot(b, b))
      }
      const found = await withIndex(vectors, (index) => pairsAbove(index, { threshold }))
      const key = (one: number, two: number) => `${one} ${two}`
      const names = new Set(found.map(({ one, two }) => key(one, two)))
      expect(names.size).toBe(found.length)
      vectors.forEach((a, one) => {
        vectors.slice(one + 1).forEach((b, k) => {
          const score = cosine(a, b)
          if (Math.abs(score - threshold) > 1e-5)
            expect(names.has(key(one, one + 1 + k))).toBe(score > threshold)
        })
      })
    }),
    { numRuns: 4 },
  )
}, 120_000)

test('a chain of pairs is one group; pictures of one product do not count unless asked', async () => {
  const at = (degrees: number) => [
    Math.cos((degrees * Math.PI) / 180),
    Math.sin((degrees * Math.PI) / 180),
  ]
  // p0: 0° and 90°; p1: 5° and 180°; p2: 10° and 11°
  const vectors = [0, 90, 5, 180, 10, 11].map(at)
  const groups = await withIndex(vectors, (index) =>
    findDuplicates(index, { threshold: Math.cos((7 * Math.PI) / 180) }),
  )
  expect(groups).toHaveLength(1)
  const { members } = groups[0]!
  expect(members.map(({ picture }) => picture).sort()).toEqual(['0.jpg', '2.jpg', '4.jpg', '5.jpg'])
  // that at 11° is 6° from the nearest one of another product, the others 5°
  expect(members.at(-1)).toMatchObject({ picture: '5.jpg', score: groups[0]!.least })
  expect(groups[0]!.pairs).toHaveLength(3)
  expect(groups[0]!.best).toBeCloseTo(Math.cos((5 * Math.PI) / 180), 5)
  expect(groups[0]!.least).toBeCloseTo(Math.cos((6 * Math.PI) / 180), 5)
  const all = await withIndex(vectors, (index) =>
    findDuplicates(index, { threshold: 0.999, withinProducts: true }),
  )
  expect(all.map(({ members }) => members.map(({ picture }) => picture))).toEqual([
    ['4.jpg', '5.jpg'],
  ])
})

test('an empty index has none', async () => {
  await buildIndex(folder, { encoders: [{ name: 'x', dimension: 2, hash: 'h' }], pictures: [] })
  const index = await openIndex(folder, { threads: 1 })
  expect(await findDuplicates(index, { threshold: 0.9 })).toEqual([])
  await index.close()
})

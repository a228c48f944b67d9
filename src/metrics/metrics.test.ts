import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rngFromSeed } from '../core/index.ts'
import {
  firstRightRank,
  firstRightRanks,
  meanReciprocalRank,
  precisionAtK,
  type Retrieval,
  retrievalTable,
} from './index.ts'

/** Vectors of small integers, so that scores tie often and are exact in float32. */
const retrievals = fc
  .record({
    seed: fc.nat(),
    dimension: fc.integer({ min: 1, max: 9 }),
    queries: fc.integer({ min: 1, max: 8 }),
    gallery: fc.integer({ min: 0, max: 30 }),
    labels: fc.integer({ min: 1, max: 6 }),
  })
  .map(({ seed, dimension, queries, gallery, labels }): Retrieval => {
    const rng = rngFromSeed(seed)
    const vectors = (rows: number) =>
      Float32Array.from({ length: rows * dimension }, () => rng.integer(7) - 3)
    const named = (rows: number) => Array.from({ length: rows }, () => `p${rng.integer(labels)}`)
    return {
      queries: vectors(queries),
      queryLabels: named(queries),
      gallery: vectors(gallery),
      galleryLabels: named(gallery),
    }
  })

function rankedLabels({ queries, queryLabels, gallery, galleryLabels }: Retrieval, query: number) {
  const dimension = queries.length / queryLabels.length
  const score = (row: number) => {
    let sum = 0
    for (let i = 0; i < dimension; i++)
      sum += queries[query * dimension + i]! * gallery[row * dimension + i]!
    return sum
  }
  return galleryLabels
    .map((label, row) => ({ label, row, score: score(row) }))
    .sort((a, b) => b.score - a.score || a.row - b.row)
    .map(({ label }) => label)
}

test('golden values, worked out by hand', () => {
  const ranks = [1, 2, 6, Number.POSITIVE_INFINITY]
  expect(precisionAtK(ranks, 1)).toBe(0.25)
  expect(precisionAtK(ranks, 5)).toBe(0.5)
  expect(precisionAtK(ranks, 6)).toBe(0.75)
  expect(precisionAtK(ranks, 1000)).toBe(0.75)
  expect(meanReciprocalRank(ranks)).toBeCloseTo((1 + 1 / 2 + 1 / 6) / 4, 15)
  expect(firstRightRank(['b', 'a', 'a'], 'a')).toBe(2)
  expect(firstRightRank([], 'a')).toBe(Number.POSITIVE_INFINITY)
  // Query [1, 0] of "a" scores 0.9 (b), 0.5 (a), 0.5 (b); query [0, 1] of "b" scores 0, 0.2, 0.2.
  const table = retrievalTable({
    queries: Float32Array.of(1, 0, 0, 1),
    queryLabels: ['a', 'b'],
    gallery: Float32Array.of(0.9, 0, 0.5, 0.2, 0.5, 0.2),
    galleryLabels: ['b', 'a', 'b'],
  })
  expect(table).toEqual({ queries: 2, gallery: 3, p1: 0, p5: 1, p10: 1, meanReciprocalRank: 0.5 })
})

test('law: the rank is that of the first right label of the sorted gallery, ties in its order', () =>
  fc.assert(
    fc.property(retrievals, (retrieval) => {
      const expected = retrieval.queryLabels.map((label, query) =>
        firstRightRank(rankedLabels(retrieval, query), label),
      )
      expect(firstRightRanks(retrieval)).toEqual(expected)
    }),
  ))

test('law: precision grows with k, from P@1 ≤ MRR to at most 1', () =>
  fc.assert(
    fc.property(retrievals, (retrieval) => {
      const ranks = firstRightRanks(retrieval)
      const precisions = [1, 2, 3, 5, 10, 40].map((k) => precisionAtK(ranks, k))
      expect(precisions).toEqual(precisions.toSorted((a, b) => a - b))
      expect(precisions[0]!).toBeLessThanOrEqual(meanReciprocalRank(ranks))
      expect(precisions.at(-1)).toBeLessThanOrEqual(1)
    }),
  ))

test('law: the order of the gallery matters to ties alone', () =>
  fc.assert(
    fc.property(fc.nat(), fc.integer({ min: 1, max: 25 }), (seed, count) => {
      const rng = rngFromSeed(seed)
      const dimension = 3
      const vectors = (rows: number) =>
        Float32Array.from({ length: rows * dimension }, () => rng.normal()) // no two scores tie
      const gallery = vectors(count)
      const galleryLabels = Array.from({ length: count }, (_, i) => i % 4)
      const queryLabels = [0, 1, 2, 3, 4]
      const queries = vectors(5)
      const order = rng.shuffle(galleryLabels.map((_, row) => row))
      const shuffled = {
        queries,
        queryLabels,
        gallery: Float32Array.from(
          order.flatMap((row) => [...gallery.subarray(row * dimension, (row + 1) * dimension)]),
        ),
        galleryLabels: order.map((row) => galleryLabels[row]!),
      }
      expect(firstRightRanks(shuffled)).toEqual(
        firstRightRanks({ queries, queryLabels, gallery, galleryLabels }),
      )
    }),
  ))

test('limits: a gallery that holds each query finds all, one without their labels finds none', () => {
  const rng = rngFromSeed(4)
  const unit = Array.from({ length: 20 }, () => {
    const row = Array.from({ length: 7 }, () => rng.normal())
    const norm = Math.hypot(...row)
    return row.map((value) => value / norm)
  })
  const vectors = Float32Array.from(unit.flat())
  const labels = unit.map((_, i) => i)
  const same = { queries: vectors, queryLabels: labels, gallery: vectors, galleryLabels: labels }
  expect(retrievalTable(same)).toMatchObject({ p1: 1, p5: 1, p10: 1, meanReciprocalRank: 1 })
  const strange = { ...same, galleryLabels: labels.map((label) => -1 - label) }
  expect(retrievalTable(strange)).toMatchObject({ p1: 0, p5: 0, p10: 0, meanReciprocalRank: 0 })
})

test('inputs that do not fit are refused', () => {
  const fine = {
    queries: Float32Array.of(1, 0),
    queryLabels: ['a'],
    gallery: Float32Array.of(1, 0, 0, 1),
    galleryLabels: ['a', 'b'],
  }
  const refused = (change: Partial<Retrieval>, code: string) =>
    expect(() => retrievalTable({ ...fine, ...change })).toThrow(expect.objectContaining({ code }))
  refused({ galleryLabels: ['a'] }, 'Shape')
  refused({ queryLabels: ['a', 'a', 'a'] }, 'Shape')
  refused({ queries: new Float32Array(0), queryLabels: [] }, 'InvalidInput')
  refused({ gallery: Float32Array.of(1, 0, Number.NaN, 1) }, 'Numeric')
  for (const k of [0, 1.5, Number.NaN])
    expect(() => precisionAtK([1], k)).toThrow(expect.objectContaining({ code: 'InvalidInput' }))
})

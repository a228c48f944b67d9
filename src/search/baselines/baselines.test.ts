import fc from 'fast-check'
import { expect, test } from 'vitest'
import { equalSampling, pooledVectors, reciprocalRankFusion, scoreFusion } from '../index.ts'

const list = (...pairs: [row: number, score: number][]) =>
  pairs.map(([row, score]) => ({ row, score }))
const one = list([1, 0.9], [2, 0.8], [3, 0.5])
const two = list([3, 0.4], [4, 0.3], [1, 0.2])
const rows = (found: readonly { row: number }[]) => found.map(({ row }) => row)

test('equal sampling takes from each list in turn, a row once', () => {
  expect(rows(equalSampling([one, two], { top: 10 }))).toEqual([1, 3, 2, 4])
  expect(rows(equalSampling([one, two], { top: 2 }))).toEqual([1, 3])
  expect(rows(equalSampling([one, []], { top: 2 }))).toEqual([1, 2])
  expect(equalSampling([], { top: 2 })).toEqual([])
})

test('score fusion adds what each list gives, between its least and its largest score', () => {
  // One gives 1, 0.75 and 0 to rows 1, 2, 3; two gives 1, 0.5 and 0 to rows 3, 4, 1.
  const found = scoreFusion([one, two], { top: 10, weights: [0.5, 0.5] })
  expect(rows(found)).toEqual([1, 3, 2, 4])
  for (const [i, score] of [0.5, 0.5, 0.375, 0.25].entries())
    expect(found[i]!.score).toBeCloseTo(score, 12)
  expect(rows(scoreFusion([one, two], { top: 1, weights: [0.2, 0.8] }))).toEqual([3])
  expect(scoreFusion([list([7, 0.1], [5, 0.1])], { top: 2 })).toEqual(list([5, 1], [7, 1]))
})

test('reciprocal rank fusion looks at ranks alone', () => {
  const found = reciprocalRankFusion([one, two], { top: 10, weights: [1, 1] })
  expect(rows(found)).toEqual([1, 3, 2, 4])
  for (const [i, score] of [1 / 61 + 1 / 63, 1 / 63 + 1 / 61, 1 / 62, 1 / 62].entries())
    expect(found[i]!.score).toBeCloseTo(score, 12)
  expect(rows(reciprocalRankFusion([one, two], { top: 4, weights: [1, 3] }))).toEqual([3, 1, 4, 2])
  const steep = reciprocalRankFusion([one, two], { top: 1, weights: [1, 3], constant: 0 })
  expect(steep[0]!.row).toBe(3)
  expect(steep[0]!.score).toBeCloseTo(1 / 3 + 3, 12)
  const wrong = () => reciprocalRankFusion([one], { top: 1, constant: -1 })
  expect(wrong).toThrow(/constant is -1, it must be 0 or more; 60 is usual/)
})

test('what no list has on top, no fusion finds, though it is second best for all', () => {
  const lists = [0, 1, 2].map((l) => list([l, 0.9], [l + 10, 0.8]))
  for (const fuse of [equalSampling, scoreFusion, reciprocalRankFusion])
    expect(rows(fuse(lists, { top: 10 }))).not.toContain(99)
})

test('pooling takes the weighted mean of the vectors, of unit length', () => {
  const parts = [Float32Array.of(1, 0, 0, 1), Float32Array.of(0, 1, 0, -1)]
  const pooled = pooledVectors({ parts, dimensions: [2, 2], weights: [3, 1] })
  const expected = [3 / Math.sqrt(10), 1 / Math.sqrt(10), 0, 1]
  for (const [i, value] of expected.entries()) expect(pooled[i]).toBeCloseTo(value, 6)
  const cancelled = pooledVectors({ parts, dimensions: [2, 2], weights: [1, 1] })
  expect([...cancelled.subarray(2)]).toEqual([0, 0])
})

const ranking = fc
  .uniqueArray(fc.integer({ min: 0, max: 15 }), { maxLength: 8 })
  .map((order) => list(...order.map((row, rank): [number, number] => [row, 1 - rank * 0.1])))

test('law: a list alone, or with all the weight, keeps its order; shared order stays', () =>
  fc.assert(
    fc.property(ranking, ranking, (a, b) => {
      const top = 20
      for (const fuse of [equalSampling, scoreFusion, reciprocalRankFusion])
        expect(rows(fuse([a, a], { top }))).toEqual(rows(a))
      for (const fuse of [scoreFusion, reciprocalRankFusion]) {
        const found = rows(fuse([a, b], { top, weights: [1, 0] }))
        const own = new Set(rows(a).slice(0, -1)) // the last of a list may get as little as nothing
        expect(found.filter((row) => own.has(row))).toEqual([...own])
      }
    }),
  ))

test('what does not fit together is refused', () => {
  for (const fuse of [equalSampling, scoreFusion, reciprocalRankFusion])
    expect(() => fuse([one], { top: 0 })).toThrow(/top is 0, it must be a positive integer/)
  for (const fuse of [scoreFusion, reciprocalRankFusion])
    expect(() => fuse([one, two], { top: 1, weights: [1] })).toThrow(/1 weights for 2 lists/)
  const parts = [new Float32Array(4), new Float32Array(6)]
  expect(() => pooledVectors({ parts, dimensions: [2, 3], weights: [1, 1] })).toThrow(
    /parts of 2, 3 values .* one dimension/,
  )
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { areaUnderRoc, bestThreshold, pairAccuracy, type ScoredPair } from './pair-scores.ts'

const pairs = (text: string): ScoredPair[] =>
  text.split(' ').map((one) => ({ score: Number(one.slice(0, -1)), same: one.endsWith('s') }))

test('worked by hand', () => {
  const some = pairs('0.1d 0.2d 0.3s 0.4d 0.6s 0.8s')
  expect(bestThreshold(some)).toBeCloseTo(0.25, 12)
  expect(pairAccuracy(some, 0.25)).toBeCloseTo(5 / 6, 12)
  // of 3 x 3 comparisons, 0.3 loses against 0.4
  expect(areaUnderRoc(some)).toBeCloseTo(8 / 9, 12)
  expect(areaUnderRoc(pairs('0.5s 0.5d'))).toBe(0.5)
  expect(bestThreshold(pairs('1s 2s'))).toBe(1)
  expect(bestThreshold(pairs('1d 2d'))).toBe(Number.POSITIVE_INFINITY)
})

const scored = fc.array(fc.record({ score: fc.integer({ min: -5, max: 5 }), same: fc.boolean() }), {
  minLength: 1,
  maxLength: 30,
})

test('law: no threshold is better than the best', () => {
  fc.assert(
    fc.property(scored, fc.double({ min: -6, max: 6, noNaN: true }), (some, other) => {
      const best = pairAccuracy(some, bestThreshold(some))
      expect(best).toBeGreaterThanOrEqual(pairAccuracy(some, other))
    }),
  )
})

test('law: the area follows the order alone, and turns round with the scores', () => {
  fc.assert(
    fc.property(scored, (some) => {
      fc.pre(some.some(({ same }) => same) && some.some(({ same }) => !same))
      const area = areaUnderRoc(some)
      const as = (change: (x: number) => number) =>
        areaUnderRoc(some.map(({ score, same }) => ({ same, score: change(score) })))
      expect(as((x) => x ** 3)).toBe(area)
      expect(as((x) => -x)).toBeCloseTo(1 - area, 12)
      const counted = some.flatMap((a) =>
        some.filter((b) => a.same && !b.same).map((b) => (Math.sign(a.score - b.score) + 1) / 2),
      )
      expect(area).toBeCloseTo(counted.reduce((sum, x) => sum + x, 0) / counted.length, 12)
    }),
  )
})

test('needs pairs and numbers', () => {
  expect(() => bestThreshold([])).toThrow(/at least one pair/)
  expect(() => bestThreshold([{ score: Number.NaN, same: true }])).toThrow(
    /scores that are numbers/,
  )
  expect(() => areaUnderRoc(pairs('1s'))).toThrow(/pairs of different ones/)
})

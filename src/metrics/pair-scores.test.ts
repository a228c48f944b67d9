import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  areaUnderRoc,
  equalErrorRate,
  errorRates,
  mostAccurateThreshold,
  type PairScores,
  pairAccuracy,
  rocCurve,
  thresholdForFalseMatches,
} from './pair-scores.ts'
import { plattProbability, plattScaling } from './platt-scaling.ts'

// few different values, so that there are many equal scores
const some = fc.array(fc.integer({ min: -6, max: 6 }), { minLength: 1, maxLength: 30 })
const pairScores = fc.record({ same: some, different: some })

/** By hand: same 3, 2, 0; different 1, 0, 0, -1. */
const hand: PairScores = { same: [3, 0, 2], different: [0, -1, 1, 0] }

test('worked by hand', () => {
  // of 12 pairings 9 are right and 2 equal
  expect(areaUnderRoc(hand)).toBeCloseTo(10 / 12, 12)
  expect(rocCurve(hand)).toEqual([
    { threshold: Number.POSITIVE_INFINITY, falseMatchRate: 0, falseNonMatchRate: 1 },
    { threshold: 3, falseMatchRate: 0, falseNonMatchRate: 1 - 1 / 3 },
    { threshold: 2, falseMatchRate: 0, falseNonMatchRate: 1 - 2 / 3 },
    { threshold: 1, falseMatchRate: 0.25, falseNonMatchRate: 1 - 2 / 3 },
    { threshold: 0, falseMatchRate: 0.75, falseNonMatchRate: 0 },
    { threshold: -1, falseMatchRate: 1, falseNonMatchRate: 0 },
  ])
  // from (1/4, 1/3) to (3/4, 0): equal after a tenth of the way
  expect(equalErrorRate(hand)).toBeCloseTo(0.3, 12)
  expect(errorRates(hand, 1)).toEqual({ falseMatchRate: 0.25, falseNonMatchRate: 1 - 2 / 3 })
  expect(pairAccuracy(hand, 2)).toBeCloseTo(6 / 7, 12)
  expect(mostAccurateThreshold(hand)).toBe(1.5)
  expect(thresholdForFalseMatches(hand, 0.3)).toBe(0.5)
  expect(thresholdForFalseMatches(hand, 0)).toBe(1.5)
})

describe('against brute force', () => {
  test('the area is the share of pairings that are right', () =>
    fc.assert(
      fc.property(pairScores, ({ same, different }) => {
        let right = 0
        for (const s of same) for (const d of different) right += s > d ? 1 : s === d ? 0.5 : 0
        const share = right / (same.length * different.length)
        expect(areaUnderRoc({ same, different })).toBeCloseTo(share, 10)
      }),
    ))

  test('no threshold is more accurate, none lets fewer go at the same false matches', () =>
    fc.assert(
      fc.property(pairScores, fc.double({ min: 0, max: 1, noNaN: true }), (scores, rate) => {
        const tried = Array.from({ length: 30 }, (_, i) => i / 2 - 7.25)
        const best = Math.max(...tried.map((threshold) => pairAccuracy(scores, threshold)))
        expect(pairAccuracy(scores, mostAccurateThreshold(scores))).toBeCloseTo(best, 10)
        const allowed = tried
          .map((threshold) => errorRates(scores, threshold))
          .filter(({ falseMatchRate }) => falseMatchRate <= rate)
        const fewest = Math.min(...allowed.map(({ falseNonMatchRate }) => falseNonMatchRate))
        const found = errorRates(scores, thresholdForFalseMatches(scores, rate))
        expect(found.falseMatchRate).toBeLessThanOrEqual(rate)
        expect(found.falseNonMatchRate).toBeCloseTo(fewest, 10)
      }),
    ))

  test('the equal error rate lies between the errors on both sides of it', () =>
    fc.assert(
      fc.property(pairScores, (scores) => {
        const rate = equalErrorRate(scores)
        const rates = rocCurve(scores)
        const most = rates.map((r) => Math.max(r.falseMatchRate, r.falseNonMatchRate))
        const least = rates.map((r) => Math.min(r.falseMatchRate, r.falseNonMatchRate))
        expect(rate).toBeLessThanOrEqual(Math.min(...most) + 1e-12)
        expect(rate).toBeGreaterThanOrEqual(Math.max(...least) - 1e-12)
      }),
    ))
})

test('law: only the order of scores counts', () =>
  fc.assert(
    fc.property(pairScores, ({ same, different }) => {
      const bent = (xs: readonly number[]) => xs.map((x) => Math.exp(x / 2) - 3)
      const other = { same: bent(same), different: bent(different) }
      expect(areaUnderRoc(other)).toBe(areaUnderRoc({ same, different }))
      expect(equalErrorRate(other)).toBe(equalErrorRate({ same, different }))
    }),
  ))

describe('Platt scaling', () => {
  const lossOf = ({ same, different }: PairScores, slope: number, intercept: number): number => {
    const [held, missed] = [(same.length + 1) / (same.length + 2), 1 / (different.length + 2)]
    const term = (score: number, target: number): number => {
      const p = plattProbability({ slope, intercept }, score)
      return -target * Math.log(p) - (1 - target) * Math.log(1 - p)
    }
    return (
      same.reduce((sum, score) => sum + term(score, held), 0) +
      different.reduce((sum, score) => sum + term(score, missed), 0)
    )
  }

  test('no slope or intercept near it is more likely', () =>
    fc.assert(
      fc.property(pairScores, (scores) => {
        const { slope, intercept } = plattScaling(scores)
        const loss = lossOf(scores, slope, intercept)
        for (const [da, db] of [
          [1, 0],
          [-1, 0],
          [0, 1],
          [0, -1],
          [1, -1],
          [-1, 1],
        ] as const)
          for (const far of [1e-3, 0.05])
            expect(loss).toBeLessThanOrEqual(
              lossOf(scores, slope + da * far, intercept + db * far) + 1e-9,
            )
      }),
    ))

  test('scores that are apart give a finite slope, and their unit does not matter', () => {
    const apart = { same: [1, 2, 3], different: [-1, -2] }
    const one = plattScaling(apart)
    expect(one.slope).toBeGreaterThan(0)
    expect(one.slope).toBeLessThan(20)
    const thousand = plattScaling({ same: [1001, 1002, 1003], different: [999, 998] })
    expect(plattProbability(thousand, 1001.5)).toBeCloseTo(plattProbability(one, 1.5), 8)
  })

  test('one kind alone cannot be calibrated on', () => {
    expect(() => plattScaling({ same: [1], different: [] })).toThrow(/1 pairs of one thing and 0/)
  })
})

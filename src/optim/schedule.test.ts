import fc from 'fast-check'
import { expect, test } from 'vitest'
import { constantRate, warmUpCosine } from './schedule.ts'

test('warmUpCosine rises in a line to its peak and falls in half a cosine to its end', () => {
  const rate = warmUpCosine({ peak: 0.4, warmUp: 0.2, final: 0.04 })
  expect(rate(0)).toBe(0)
  expect(rate(0.1)).toBeCloseTo(0.2, 12)
  expect(rate(0.2)).toBeCloseTo(0.4, 12)
  expect(rate(0.4)).toBeCloseTo(0.04 + 0.36 * 0.5 * (1 + Math.SQRT1_2), 12)
  expect(rate(0.6)).toBeCloseTo(0.22, 12)
  expect(rate(1)).toBeCloseTo(0.04, 12)
  expect(rate(1.5)).toBeCloseTo(0.04, 12)
})

test('warmUpCosine never leaves [0, peak] and has no jump, with or without warm-up', () =>
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 0.9, noNaN: true }),
      fc.double({ min: 0, max: 1, noNaN: true }),
      (warmUp, progress) => {
        const rate = warmUpCosine({ peak: 1, warmUp })
        const now = rate(progress)
        expect(now).toBeGreaterThanOrEqual(0)
        expect(now).toBeLessThanOrEqual(1)
        if (progress > warmUp) expect(rate(progress + 0.01)).toBeLessThanOrEqual(now)
      },
    ),
  ))

test('constantRate stays', () => {
  expect([0, 0.5, 1].map(constantRate(0.01))).toEqual([0.01, 0.01, 0.01])
})

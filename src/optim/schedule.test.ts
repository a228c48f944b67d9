import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  constantRate,
  cosine,
  exponential,
  linear,
  rateAt,
  stepDecay,
  warmUpCosine,
  withWarmUp,
} from './schedule.ts'

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

test('linear, cosine and exponential go from start to end and stay there', () => {
  for (const make of [linear, cosine, exponential]) {
    const rate = make({ start: 0.4, end: 0.1 })
    expect(rate(0)).toBeCloseTo(0.4, 12)
    expect(rate(1)).toBeCloseTo(0.1, 12)
    expect(rate(1.5)).toBeCloseTo(0.1, 12)
  }
  expect(linear({ start: 0.4, end: 0.2 })(0.25)).toBeCloseTo(0.35, 12)
  expect(linear({ start: 0.2, end: 0.4 })(0.25)).toBeCloseTo(0.25, 12)
  expect(cosine({ start: 1 })(1 / 3)).toBeCloseTo(0.75, 12)
  expect(exponential({ start: 1, end: 1e-4 })(0.25)).toBeCloseTo(0.1, 12)
})

test('stepDecay changes where an epoch begins, whatever the number of steps', () =>
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 60 }),
      fc.integer({ min: 1, max: 20 }),
      fc.integer({ min: 1, max: 97 }),
      (epochs, every, stepsPerEpoch) => {
        const rate = stepDecay({ start: 2, factor: 0.5, every, epochs })
        for (let epoch = 0; epoch < epochs; epoch++)
          for (const step of [0, stepsPerEpoch - 1]) {
            const progress = (epoch * stepsPerEpoch + step) / (epochs * stepsPerEpoch)
            expect(rate(progress)).toBe(2 * 0.5 ** Math.floor(epoch / every))
          }
      },
    ),
  ))

test('paper 004: a tenth every ten epochs of twenty', () => {
  const rate = stepDecay({ start: 1e-4, every: 10, epochs: 20 })
  expect([0, 0.49, 0.5, 0.99].map(rate)).toEqual(
    [1e-4, 1e-4, 1e-5, 1e-5].map((x) => expect.closeTo(x, 12)),
  )
})

test('a warm-up rises to where the schedule begins, which then has the rest', () => {
  const rate = withWarmUp(linear({ start: 1 }), 0.2)
  expect([0, 0.1, 0.2, 0.6, 1].map(rate)).toEqual(
    [0, 0.5, 1, 0.5, 0].map((x) => expect.closeTo(x, 12)),
  )
  expect(withWarmUp(constantRate(3), 0)(0)).toBe(3)
})

test('what no schedule can do is refused', () => {
  expect(() => withWarmUp(constantRate(1), 1)).toThrow(/warm-up is 1, .*below 1; 0\.1 is usual/)
  expect(() => warmUpCosine({ peak: 1, warmUp: -0.5 })).toThrow(/warm-up is -0\.5/)
  expect(() => exponential({ start: 0, end: 1 })).toThrow(
    /exponential: start is 0, it must be positive/,
  )
  expect(() => stepDecay({ start: 1, every: 0, epochs: 3 })).toThrow(/stepDecay: every is 0/)
})

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY])(
  'a learning rate of %d is refused',
  (rate) => {
    expect(() => rateAt(constantRate(rate), 0.25)).toThrow(
      /schedule gives a learning rate of .* at progress 0\.25, it must be 0 or more/,
    )
  },
)

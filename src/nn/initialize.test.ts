import { describe, expect, test } from 'vitest'
import { rngFromSeed } from '../core/index.ts'
import { sizeOf } from '../tensor/index.ts'
import {
  full,
  glorotUniform,
  heNormal,
  heUniform,
  type Initialize,
  normal,
  truncatedNormal,
  uniformByInputs,
} from './initialize.ts'

function moments(values: Float32Array) {
  const average = (of: (x: number) => number) =>
    values.reduce((sum, x) => sum + of(x), 0) / values.length
  const mean = average((x) => x)
  const variance = average((x) => (x - mean) ** 2)
  const kurtosis = average((x) => (x - mean) ** 4) / variance ** 2
  const largest = values.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
  return { mean, variance, kurtosis, largest }
}

interface Wanted {
  readonly variance: number
  readonly kurtosis: number
  /** What no value exceeds, and the largest comes close to. */
  readonly bound?: number
}

const gaussian = (variance: number): Wanted => ({ variance, kurtosis: 3 })
const even = (bound: number): Wanted => ({ variance: bound ** 2 / 3, kurtosis: 9 / 5, bound })
// of a standard normal cut at two deviations, by integration: ∫x²φ/∫φ and ∫x⁴φ/∫φ over [−2, 2]
const cut = (deviation: number): Wanted => ({
  variance: 0.7737413 * deviation ** 2,
  kurtosis: 1.4161888 / 0.7737413 ** 2,
  bound: 2 * deviation,
})

// a kernel of 3 × 3 from 20 channels to 80
const shape = [80, 20, 3, 3]
const distributions: Record<string, readonly [Initialize, Wanted]> = {
  'heNormal in': [heNormal('in'), gaussian(2 / 180)],
  'heNormal out': [heNormal('out'), gaussian(2 / 720)],
  'heUniform in': [heUniform('in'), even(Math.sqrt(6 / 180))],
  'heUniform out': [heUniform('out'), even(Math.sqrt(6 / 720))],
  glorotUniform: [glorotUniform, even(Math.sqrt(6 / 900))],
  uniformByInputs: [uniformByInputs, even(1 / Math.sqrt(180))],
  normal: [normal(0.02), gaussian(0.02 ** 2)],
  truncatedNormal: [truncatedNormal(0.02), cut(0.02)],
}

describe.each(Object.entries(distributions))('%s', (_, [initialize, wanted]) => {
  const values = initialize(shape, rngFromSeed(9)).data

  test('has the mean, variance and kurtosis of its distribution, within 5 standard errors', () => {
    const n = sizeOf(shape)
    const found = moments(values)
    expect(Math.abs(found.mean)).toBeLessThan(5 * Math.sqrt(wanted.variance / n))
    const errorOfVariance = Math.sqrt((wanted.kurtosis - 1) / n)
    expect(Math.abs(found.variance / wanted.variance - 1)).toBeLessThan(5 * errorOfVariance)
    // 24 / n is what it is for the normal distribution, the widest of these
    expect(Math.abs(found.kurtosis - wanted.kurtosis)).toBeLessThan(5 * Math.sqrt(24 / n))
  })

  test('keeps within its bound and fills it', () => {
    const bound = wanted.bound ?? 5 * Math.sqrt(wanted.variance)
    const { largest } = moments(values)
    expect(largest).toBeLessThanOrEqual(bound * (1 + 1e-6))
    expect(largest).toBeGreaterThan(wanted.bound === undefined ? 0.6 * bound : 0.995 * bound)
  })

  test('the same seed gives the same weights, another gives others', () => {
    expect(initialize(shape, rngFromSeed(9)).data).toEqual(values)
    expect(initialize(shape, rngFromSeed(10)).data).not.toEqual(values)
  })
})

test('a matrix [outputs, inputs] has a kernel of one element', () => {
  const { variance } = moments(heNormal('in')([400, 50], rngFromSeed(3)).data)
  expect(variance / (2 / 50)).toBeCloseTo(1, 1)
})

test('full holds one number', () => {
  expect([...full([2, 2], 0.5).data]).toEqual([0.5, 0.5, 0.5, 0.5])
})

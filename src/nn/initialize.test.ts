import { expect, test } from 'vitest'
import { rngFromSeed } from '../core/index.ts'
import { sizeOf, type Tensor } from '../tensor/index.ts'
import { full, heNormal, uniformByInputs } from './initialize.ts'

function moments({ data }: Tensor) {
  const values = Array.from(data, Number)
  const average = (of: (x: number) => number) =>
    values.reduce((sum, x) => sum + of(x), 0) / values.length
  const mean = average((x) => x)
  const variance = average((x) => (x - mean) ** 2)
  return { mean, variance, kurtosis: average((x) => (x - mean) ** 4) / variance ** 2 }
}

test('heNormal is normal with variance 2 / (outputs · kernel area), whatever the inputs', () => {
  for (const inputs of [16, 64]) {
    const weights = heNormal([32, inputs, 3, 3], rngFromSeed(9))
    const { mean, variance, kurtosis } = moments(weights)
    const wanted = 2 / (32 * 9)
    // within 5 standard errors of n samples
    const n = sizeOf(weights.shape)
    expect(Math.abs(mean)).toBeLessThan(5 * Math.sqrt(wanted / n))
    expect(Math.abs(variance / wanted - 1)).toBeLessThan(5 * Math.sqrt(2 / n))
    expect(Math.abs(kurtosis - 3)).toBeLessThan(5 * Math.sqrt(24 / n))
  }
})

test('uniformByInputs fills ±1 / √inputs evenly', () => {
  const weights = uniformByInputs([100, 25], rngFromSeed(9))
  const { mean, variance } = moments(weights)
  expect(weights.data.every((x) => Math.abs(x) <= 0.2)).toBe(true)
  expect(Math.abs(mean)).toBeLessThan(0.01)
  expect(variance).toBeCloseTo(0.2 ** 2 / 3, 3)
})

test('the same seed gives the same weights, another gives others', () => {
  const weights = (seed: number) => heNormal([2, 2, 3, 3], rngFromSeed(seed)).data
  expect(weights(3)).toEqual(weights(3))
  expect(weights(3)).not.toEqual(weights(4))
})

test('full holds one number', () => {
  expect([...full([2, 2], 0.5).data]).toEqual([0.5, 0.5, 0.5, 0.5])
})

import { expect, test } from 'vitest'
import type { WeightSearch } from '../../src/curation/index.ts'
import { meanOfSearches } from '../../tools/results/mean-of-searches.ts'
import { deviation, meanAndDeviation } from '../../tools/results/section.ts'
import { verdict } from '../../tools/results/verdict.ts'

test('the deviation is that of a sample', () => {
  expect(deviation([0.1, 0.2, 0.3])).toBeCloseTo(0.1, 12)
  expect(meanAndDeviation([0.1, 0.2, 0.3])).toBe('20.0 ± 10.0')
  expect(meanAndDeviation([0.5])).toBe('50.0')
})

test('an ensemble is above only by more than the larger spread', () => {
  const words = (ensemble: number[], other: number[]) => verdict({ ensemble, other }, 'x').at(-1)
  expect(words([0.6, 0.62], [0.5, 0.52])).toBe('above')
  // 0.02 apart; the deviations are 0.014 and 0.042.
  expect(words([0.6, 0.62], [0.56, 0.62])).toContain('within')
  expect(words([0.5, 0.52], [0.6, 0.62])).toContain('below')
  expect(words([0.6, 0.62], [0.5])).toBe('above')
  expect(words([0.6], [0.5])).toContain('nothing can be said')
  expect(words([], [0.5])).toBe('')
  expect(verdict({ ensemble: [0.6, 0.62], other: [0.5] }, 'x').slice(2)).toEqual([
    '+11.0',
    '',
    '1.4',
    'above',
  ])
  expect(verdict({ ensemble: [0.6, 0.62], other: [0.5, 0.63] }, 'x')[3]).toBe('+10.0, -1.0')
})

test('the mean of searches is theirs weighting by weighting, and its best its own', () => {
  const table = { queries: 10, gallery: 5, p1: 0, p10: 1, meanReciprocalRank: 0 }
  const search = (...p5: number[]): WeightSearch => {
    const trials = p5.map((share, i) => ({ weights: [i, 1 - i], table: { ...table, p5: share } }))
    return { trials, best: trials[0]! }
  }
  const found = meanOfSearches([search(0.9, 0.6), search(0.3, 0.8)])
  expect(found.trials.map(({ table: { p5 } }) => p5)).toEqual([0.6, 0.7])
  expect(found.best).toBe(found.trials[1])
})

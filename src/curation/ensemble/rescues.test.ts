import { expect, test } from 'vitest'
import { rescues } from './rescues.ts'

test('counts queries by who is right', () => {
  // Right at 1: all; ensemble alone; first member alone; nobody. The last member is right with the first query only.
  const ranks = {
    ensemble: [1, 1, 2, 9],
    members: [
      [1, 3, 1, 6],
      [1, 2, 4, Number.POSITIVE_INFINITY],
    ],
  }
  expect(rescues(ranks, 1)).toEqual({ rescued: 0.25, lost: 0.25, oracle: 0.5 })
  expect(rescues(ranks, 5)).toEqual({ rescued: 0, lost: 0, oracle: 0.75 })
  expect(rescues(ranks, 9)).toEqual({ rescued: 0, lost: 0, oracle: 1 })
  expect(rescues({ ...ranks, ensemble: [2, 2, 2, 6] }, 5).lost).toBe(0)
  expect(rescues({ ...ranks, ensemble: [9, 2, 2, 5] }, 5)).toMatchObject({
    rescued: 0.25,
    lost: 0.25,
  })
})

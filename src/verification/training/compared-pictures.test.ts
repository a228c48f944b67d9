import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rngFromSeed } from '../../core/index.ts'
import type { FacePair } from '../../data/index.ts'
import { comparisonsOf } from './compared-pictures.ts'

const pair = (a: string, b: string): FacePair => ({
  same: a[0] === b[0],
  people: [a[0]!, b[0]!],
  paths: [a, b],
})

/** The comparisons that are made: places, whether the same, and how much each counts. */
function made({ paths, targets, weights }: ReturnType<typeof comparisonsOf>) {
  const found: (readonly [string, string, boolean, number])[] = []
  weights.forEach((weight, place) => {
    const [i, j] = [Math.floor(place / paths.length), place % paths.length]
    if (weight > 0) found.push([paths[i]!, paths[j]!, targets[place] === 1, weight])
  })
  return found
}

const batch = [pair('a1', 'a2'), pair('b1', 'c1'), pair('a1', 'd1')]

test('given pairs alone: nothing is known of any other', () => {
  expect(made(comparisonsOf(batch, 'given', rngFromSeed(1)))).toEqual([
    ['a1', 'a2', true, 0.5],
    ['b1', 'c1', false, 0.25],
    ['a1', 'd1', false, 0.25],
  ])
})

test('by names all pairs are compared, but for a photo with itself', () => {
  const found = made(comparisonsOf(batch, 'named', rngFromSeed(1)))
  const same = found.filter(([, , isSame]) => isSame)
  expect(same.map(([a, b]) => [a, b])).toEqual([
    ['a1', 'a2'],
    ['a2', 'a1'],
  ])
  // 15 pairs of places, less a1 with a1 and the two of one person
  expect(found).toHaveLength(14)
})

test('views: each photo twice, the two alike and all others not', () => {
  const { paths, ...rest } = comparisonsOf(batch, 'views', rngFromSeed(1))
  expect(paths).toHaveLength(6)
  const found = made({ paths, ...rest })
  expect(found.filter(([a, b]) => a === b)).toHaveLength(3)
  for (const [a, b, isSame] of found) expect(isSame).toBe(a === b)
})

test('law: what is compared adds up to 1, both kinds alike, and each pair of places once', () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.tuple(
          fc.constantFrom('a1', 'a2', 'b1', 'c1', 'c2'),
          fc.constantFrom('a1', 'b2', 'c3', 'd1'),
        ),
        {
          minLength: 1,
          maxLength: 12,
        },
      ),
      fc.constantFrom('given', 'named', 'views'),
      (names, compared) => {
        const pairs = names.map(([a, b]) => pair(a, b))
        const { paths, targets, weights } = comparisonsOf(pairs, compared, rngFromSeed(1))
        const sum = weights.reduce((a, b) => a + b, 0)
        const n = paths.length
        for (let i = 0; i < n; i++) for (let j = 0; j <= i; j++) expect(weights[i * n + j]).toBe(0)
        // the same photo against itself may be all that a batch has
        if (sum === 0) return
        expect(sum).toBeCloseTo(1, 5)
        const held = weights.reduce((total, weight, k) => total + weight * targets[k]!, 0)
        expect([0, 0.5, 1].some((share) => Math.abs(held - share) < 1e-5)).toBe(true)
      },
    ),
  ))

import { expect } from 'vitest'

type Numbers = ArrayLike<number | bigint>

/**
 * Fails unless numbers are as expected, within a share of the largest magnitude expected (or of 1,
 * where all are smaller than that share makes sense for: `tolerance · max(|expected|, floor)`).
 * For tests only.
 */
export function expectClose(
  actual: Numbers | { readonly data: Numbers },
  expected: Numbers | { readonly data: Numbers },
  tolerance: number,
  what = 'numbers',
): void {
  const [a, b] = [numbersOf(actual), numbersOf(expected)]
  expect(a.length, `${what}: how many`).toBe(b.length)
  const scale = b.reduce((most, x) => Math.max(most, Math.abs(x)), 0)
  let worst = 0
  let place = 0
  a.forEach((x, i) => {
    const error = Math.abs(x - b[i]!)
    if (error > worst || Number.isNaN(error)) [worst, place] = [error, i]
  })
  const allowed = tolerance * Math.max(scale, 1e-6)
  const message = `${what}[${place}]: got ${a[place]}, wanted ${b[place]}, off by ${worst}, allowed ${allowed}`
  expect(worst <= allowed, message).toBe(true)
}

function numbersOf(given: Numbers | { readonly data: Numbers }): number[] {
  return Array.from('data' in given ? given.data : given, Number)
}

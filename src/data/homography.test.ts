import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  composeHomographies,
  corners,
  homographyFromCorners,
  identityHomography,
  mapPoint,
  type Quad,
} from './homography.ts'

const offset = fc.double({ min: -0.3, max: 0.3, noNaN: true })
/** The unit square with each corner moved a little: always convex enough to be regular. */
const quad = fc.array(offset, { minLength: 8, maxLength: 8 }).map(
  (d) =>
    corners(0, 0, 1, 1).map(({ x, y }, i) => ({
      x: x + d[2 * i]!,
      y: y + d[2 * i + 1]!,
    })) as unknown as Quad,
)

test('corners go where they should', () =>
  fc.assert(
    fc.property(quad, quad, (from, to) => {
      const h = homographyFromCorners(from, to)
      from.forEach((point, i) => {
        const mapped = mapPoint(h, point)
        expect(mapped.x).toBeCloseTo(to[i]!.x, 6)
        expect(mapped.y).toBeCloseTo(to[i]!.y, 6)
      })
    }),
  ))

test('there and back again is the identity', () =>
  fc.assert(
    fc.property(quad, quad, (from, to) => {
      const both = composeHomographies(
        homographyFromCorners(to, from),
        homographyFromCorners(from, to),
      )
      const scaled = both.map((value) => value / both[8])
      scaled.forEach((value, i) => {
        expect(value).toBeCloseTo(identityHomography[i]!, 5)
      })
    }),
  ))

test('a known case by hand: the unit square onto a trapezium', () => {
  // w = 1 - y / 2 is 1 at the top and 1/2 at the bottom. There x' = (x / 2) / (1 / 2) = x and
  // y' = (1 / 2) / (1 / 2) = 1; at the top x' = x / 2 + 1 / 4 and y' = 0.
  const h = homographyFromCorners(corners(0, 0, 1, 1), [
    { x: 0.25, y: 0 },
    { x: 0.75, y: 0 },
    { x: 1, y: 1 },
    { x: 0, y: 1 },
  ])
  const wanted = [0.5, -0.25, 0.25, 0, 0.5, 0, 0, -0.5, 1]
  h.forEach((value, i) => {
    expect(value).toBeCloseTo(wanted[i]!, 12)
  })
})

test('three corners on a line are refused', () => {
  const flat: Quad = [
    { x: 0, y: 0 },
    { x: 1, y: 0 },
    { x: 2, y: 0 },
    { x: 0, y: 1 },
  ]
  expect(() => homographyFromCorners(flat, corners(0, 0, 1, 1))).toThrow('on one line')
})

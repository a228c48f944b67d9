import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  corners,
  type Homography,
  homographyFromCorners,
  identityHomography,
} from './homography.ts'
import type { Picture } from './picture.ts'
import { warpPerspective } from './warp-perspective.ts'

const picture = fc
  .tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 9 }))
  .chain(([width, height]) =>
    fc
      .uint8Array({ minLength: width * height * 3, maxLength: width * height * 3 })
      .map((data): Picture => ({ width, height, data: new Uint8Array(data) })),
  )

const grey = (width: number, height: number, values: readonly number[]): Picture => ({
  width,
  height,
  data: Uint8Array.from(values.flatMap((value) => [value, value, value])),
})
const firstChannel = ({ data }: Picture) => [...data.filter((_, i) => i % 3 === 0)]

test('the identity leaves every pixel as it is', () =>
  fc.assert(
    fc.property(picture, (p) => {
      expect(warpPerspective(p, identityHomography, p)).toEqual(p)
    }),
  ))

test('flipping twice leaves every pixel as it is', () =>
  fc.assert(
    fc.property(picture, (p) => {
      const [a, b, c, d] = corners(0, 0, p.width, p.height)
      const flip = homographyFromCorners([a, b, c, d], [b, a, d, c])
      const flipped = warpPerspective(p, flip, p)
      expect([...flipped.data.subarray(0, 3)]).toEqual([
        ...p.data.subarray((p.width - 1) * 3, p.width * 3),
      ])
      expect(warpPerspective(flipped, flip, p)).toEqual(p)
    }),
  ))

test('a translation moves pixels, repeats the edge, or fills', () => {
  const row = grey(4, 1, [10, 20, 30, 40])
  const right: Homography = [1, 0, 2, 0, 1, 0, 0, 0, 1]
  const size = { width: 4, height: 1 }
  expect(firstChannel(warpPerspective(row, right, size))).toEqual([30, 40, 40, 40])
  const filled = warpPerspective(row, right, { ...size, fill: [1, 2, 3] })
  expect([...filled.data]).toEqual([30, 30, 30, 40, 40, 40, 1, 2, 3, 1, 2, 3])
})

test('half a pixel between four is their mean', () => {
  const four = grey(2, 2, [0, 100, 200, 60])
  const half: Homography = [1, 0, 0.5, 0, 1, 0.5, 0, 0, 1]
  expect(firstChannel(warpPerspective(four, half, { width: 1, height: 1 }))).toEqual([90])
  const quarter: Homography = [1, 0, 0.25, 0, 1, 0, 0, 0, 1]
  expect(firstChannel(warpPerspective(four, quarter, { width: 1, height: 1 }))).toEqual([25])
})

test('a perspective there and back gives a smooth picture again', () => {
  const size = { width: 64, height: 64 }
  const values = Array.from({ length: 64 * 64 }, (_, i) => 2 * (i % 64) + Math.floor(i / 64))
  const smooth = grey(64, 64, values)
  const whole = corners(0, 0, 64, 64)
  const view = [
    { x: 4, y: 2 },
    { x: 60, y: 6 },
    { x: 57, y: 61 },
    { x: 7, y: 55 },
  ] as const
  const seen = warpPerspective(smooth, homographyFromCorners(whole, view), size)
  const back = firstChannel(warpPerspective(seen, homographyFromCorners(view, whole), size))
  for (let y = 12; y < 50; y++)
    for (let x = 12; x < 50; x++)
      expect(Math.abs(back[y * 64 + x]! - values[y * 64 + x]!)).toBeLessThanOrEqual(2)
})

test('beyond the horizon there is fill, not rubbish', () => {
  const horizon: Homography = [1, 0, 0, 0, 1, 0, -0.5, 0, 1]
  const seen = warpPerspective(grey(4, 1, [9, 9, 9, 9]), horizon, {
    width: 4,
    height: 1,
    fill: [7, 7, 7],
  })
  expect(firstChannel(seen)).toEqual([9, 7, 7, 7])
  expect(() => warpPerspective(seen, horizon, { width: 0, height: 1 })).toThrow('size 0 x 1')
})

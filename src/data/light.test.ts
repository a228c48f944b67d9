import fc from 'fast-check'
import { expect, test } from 'vitest'
import { changeLight, type Light } from './light.ts'

const none: Light = { brightness: 1, contrast: 1, saturation: 1, hueDegrees: 0, gamma: 1 }
const pixel = (...rgb: number[]) => ({ width: 1, height: 1, data: Uint8Array.from(rgb) })
const change = (rgb: readonly number[], light: Partial<Light>) => [
  ...changeLight(pixel(...rgb), { ...none, ...light }).data,
]
const colour = fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255))

test('no change is no change', () =>
  fc.assert(
    fc.property(colour, (rgb) => {
      expect(change(rgb, {})).toEqual(rgb)
    }),
  ))

test('known values', () => {
  expect(change([100, 200, 10], { brightness: 1.5 })).toEqual([150, 255, 15])
  expect(change([127, 28, 228], { contrast: 0.5 })).toEqual([127, 78, 178])
  // 0.2126 * 255 = 54.2, 0.7152 * 255 = 182.4
  expect(change([255, 0, 0], { saturation: 0 })).toEqual([54, 54, 54])
  expect(change([0, 255, 0], { saturation: 0 })).toEqual([182, 182, 182])
  // 255 * (64 / 255) ^ 0.5 = 127.7
  expect(change([64, 0, 255], { gamma: 0.5 })).toEqual([128, 0, 255])
  expect(change([200, 100, 50], { hueDegrees: 120 })).toEqual([50, 200, 100])
})

test('greys stay grey whatever the saturation and hue', () =>
  fc.assert(
    fc.property(
      fc.nat(255),
      fc.double({ min: 0, max: 2, noNaN: true }),
      fc.double({ min: -180, max: 180, noNaN: true }),
      (value, saturation, hueDegrees) => {
        for (const got of change([value, value, value], { saturation, hueDegrees }))
          expect(Math.abs(got - value)).toBeLessThanOrEqual(1)
      },
    ),
  ))

import { expect, test } from 'vitest'
import { fromHalf, toHalf } from './half-floats.ts'

const finite = Uint16Array.from({ length: 65_536 }, (_, bits) => bits).filter(
  (bits) => (bits & 0x7c00) !== 0x7c00,
)

test('every finite half comes back from float32 as it was, and means what the standard says', () => {
  const wide = fromHalf(finite)
  expect(toHalf(wide)).toEqual(finite)
  // IEEE 754: 1, the largest, the smallest, the smallest with a leading 1, and minus a third
  expect([...fromHalf(Uint16Array.of(0x3c00, 0x7bff, 1, 0x400, 0xb555))]).toEqual([
    1,
    65_504,
    2 ** -24,
    2 ** -14,
    -0.333251953125,
  ])
})

test('law: no half is nearer, and of two as near the even one is taken', () => {
  const wide = fromHalf(finite).filter((value) => value > 0)
  const sorted = wide.sort()
  const middles = sorted.subarray(1).map((value, i) => (value + sorted[i]!) / 2)
  const bits = toHalf(middles)
  expect(bits.every((half) => half % 2 === 0)).toBe(true)
  const [below, above] = [2 ** -30, -(2 ** -30)].map((share) =>
    fromHalf(toHalf(middles.map((value) => value * (1 - share * 128)))),
  )
  expect(below).toEqual(sorted.subarray(0, -1))
  expect(above).toEqual(sorted.subarray(1))
})

import { expect, test } from 'vitest'
import { halvePicture } from './halve.ts'

test('each pixel is the rounded mean of four, odd edges dropped', () => {
  const values = [0, 4, 9, 1, 2, 9, 9, 9, 9]
  const data = Uint8Array.from(values.flatMap((v) => [v, v + 100, 50]))
  expect(halvePicture({ width: 3, height: 3, data })).toEqual({
    width: 1,
    height: 1,
    data: Uint8Array.of(2, 102, 50), // (0 + 4 + 1 + 2) / 4 = 1.75
  })
})

test('a single row or column is halved along its length', () => {
  const row = { width: 2, height: 1, data: Uint8Array.of(0, 10, 20, 10, 20, 30) }
  expect(halvePicture(row)).toEqual({ width: 1, height: 1, data: Uint8Array.of(5, 15, 25) })
  const one = { width: 1, height: 1, data: Uint8Array.of(1, 2, 3) }
  expect(halvePicture(one)).toEqual(one)
})

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Picture } from './picture.ts'
import { cropPicture, resizePicture } from './resize.ts'

const grid = (width: number, height: number): Picture => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * 31) % 256),
})

test('a crop holds the pixels of its box', () => {
  const picture = grid(5, 4)
  const { width, height, data } = cropPicture(picture, { x: 1, y: 2, width: 3, height: 2 })
  expect([width, height]).toEqual([3, 2])
  const expected = [2, 3].flatMap((y) =>
    [1, 2, 3].flatMap((x) => [0, 1, 2].map((c) => (((y * 5 + x) * 3 + c) * 31) % 256)),
  )
  expect([...data]).toEqual(expected)
})

test('a crop that leaves the picture is refused', () => {
  const picture = grid(5, 4)
  for (const box of [
    { x: -1, y: 0, width: 2, height: 2 },
    { x: 4, y: 0, width: 2, height: 2 },
    { x: 0, y: 0, width: 0, height: 1 },
    { x: 0.5, y: 0, width: 1, height: 1 },
    { x: Number.NaN, y: 0, width: 1, height: 1 },
  ])
    expect(() => cropPicture(picture, box)).toThrow('must lie inside the picture of 5 x 4')
})

test('a plain picture stays plain at any size', () =>
  fc.assert(
    fc.asyncProperty(
      fc.tuple(fc.nat(255), fc.nat(255), fc.nat(255)),
      fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 4, maxLength: 4 }),
      async (colour, [width, height, toWidth, toHeight]) => {
        const data = Uint8Array.from({ length: width! * height! * 3 }, (_, i) => colour[i % 3]!)
        const resized = await resizePicture(
          { width: width!, height: height!, data },
          toWidth!,
          toHeight!,
        )
        expect([resized.width, resized.height]).toEqual([toWidth, toHeight])
        expect(resized.data.every((value, i) => value === colour[i % 3])).toBe(true)
      },
    ),
    { numRuns: 40 },
  ))

test('halving with the triangle filter weighs 1 3 3 1', async () => {
  // Away from the edge the widened triangle over four pixels has weights 1/8, 3/8, 3/8, 1/8.
  const row = [0, 0, 0, 80, 160, 240, 240, 240]
  const data = Uint8Array.from({ length: 8 * 8 * 3 }, (_, i) => row[Math.floor(i / 3) % 8]!)
  const halved = await resizePicture({ width: 8, height: 8, data }, 4, 4)
  const expected = [
    (0 + 3 * 0 + 3 * 80 + 160) / 8, // pixels 1 to 4
    (80 + 3 * 160 + 3 * 240 + 240) / 8, // pixels 3 to 6
  ]
  expect(Math.abs(halved.data[1 * 3]! - expected[0]!)).toBeLessThanOrEqual(1)
  expect(Math.abs(halved.data[2 * 3]! - expected[1]!)).toBeLessThanOrEqual(1)
})

test('a size that is none is refused', async () => {
  await expect(resizePicture(grid(2, 2), 0, 5)).rejects.toThrow('size 0 x 5')
  await expect(resizePicture(grid(2, 2), 5, 1e6)).rejects.toThrow('from 1 to 16384')
})

// Made by tests/golden/preprocess/make.py with Pillow.
interface Golden {
  readonly name: 'smooth' | 'noisy'
  readonly width: number
  readonly height: number
  readonly side: number
  readonly base64: string
}
const goldenPath = join(import.meta.dirname, '../../tests/golden/preprocess/pillow.json')
const goldens = JSON.parse(readFileSync(goldenPath, 'utf8')) as readonly Golden[]
const pixels = {
  smooth: (x: number, y: number, c: number) =>
    Math.round(127 + 90 * Math.sin(0.31 * x + c) * Math.cos(0.23 * y - c) + ((x * 7 + y * 3) % 30)),
  noisy: (x: number, y: number, c: number) =>
    (x * x * 7 + y * 13 * (c + 1) + x * y * 3 + c * 50) % 256,
}

test.each(goldens)('shrinking $name $width x $height to $side is near Pillow’s', async (golden) => {
  const { name, width, height, side } = golden
  const data = Uint8Array.from({ length: width * height * 3 }, (_, i) => {
    const place = Math.floor(i / 3)
    return pixels[name](place % width, Math.floor(place / width), i % 3)
  })
  const resized = await resizePicture({ width, height, data }, side, side)
  const wanted = Buffer.from(golden.base64, 'base64')
  const off = [...wanted].reduce((sum, level, i) => sum + Math.abs(level - resized.data[i]!), 0)
  // Measured: 0.4 to 1.7 levels of smooth pictures, 0.9 to 2.1 of noise; the plain bilinear of no
  // widened filter is 20 and more off in noise.
  expect(off / wanted.length).toBeLessThan(name === 'smooth' ? 1.8 : 2.2)
})

import { expect, test } from 'vitest'
import type { Picture } from './picture.ts'
import { type Preprocessing, picturesToTensor, preprocessingSchema } from './preprocess.ts'

const base: Preprocessing = {
  size: 2,
  fit: 'stretch',
  mean: [0.5, 0.4, 0.3],
  std: [0.5, 0.25, 0.2],
}

test('values, planes and order follow the formula', async () => {
  const picture: Picture = {
    width: 2,
    height: 2,
    data: Uint8Array.of(0, 51, 102, 255, 204, 153, 10, 20, 30, 40, 50, 60),
  }
  const tensor = await picturesToTensor([picture, picture], base)
  const wanted = [0, 1, 2].flatMap((c) =>
    [0, 1, 2, 3].map((p) => (picture.data[p * 3 + c]! / 255 - base.mean[c]!) / base.std[c]!),
  )
  expect(tensor.length).toBe(2 * 3 * 2 * 2)
  wanted.concat(wanted).forEach((value, i) => {
    expect(tensor[i]).toBeCloseTo(value, 5)
  })
})

test('stretch, cover and contain make a wide picture square each in its way', async () => {
  // Red left third, green middle, blue right: 12 x 4.
  const data = Uint8Array.from({ length: 12 * 4 * 3 }, (_, i) =>
    Math.floor((Math.floor(i / 3) % 12) / 4) === i % 3 ? 255 : 0,
  )
  const wide: Picture = { width: 12, height: 4, data }
  const raw = { ...base, size: 4, mean: [0, 0, 0], std: [1, 1, 1] } as const
  const means = async (fit: Preprocessing['fit']) => {
    const tensor = await picturesToTensor([wide], { ...raw, fit })
    return [0, 1, 2].map((c) => tensor.subarray(c * 16, c * 16 + 16).reduce((a, b) => a + b) / 16)
  }
  for (const mean of await means('stretch')) expect(mean).toBeCloseTo(1 / 3, 1)
  const [red, green, blue] = await means('cover')
  expect([red, blue]).toEqual([0, 0])
  expect(green).toBeCloseTo(1, 5)
  for (const mean of await means('contain')) expect(mean).toBeGreaterThan(0.6)
})

test('no pictures give an empty tensor', async () => {
  expect(await picturesToTensor([], base)).toEqual(new Float32Array())
})

test('the schema of cards takes the type and nothing broken', () => {
  expect(preprocessingSchema.parse(base)).toEqual(base)
  expect(preprocessingSchema.safeParse({ ...base, std: [0, 1, 1] }).success).toBe(false)
  expect(preprocessingSchema.safeParse({ ...base, fit: 'squash' }).success).toBe(false)
  expect(preprocessingSchema.safeParse({ ...base, extra: 1 }).success).toBe(false)
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { rngFromSeed } from '../core/index.ts'
import { type AugmentOptions, augment, defaultAugmentation } from './augment.ts'
import type { Picture } from './picture.ts'

const still: AugmentOptions = {
  ...defaultAugmentation,
  size: 16,
  area: [1, 1],
  aspect: [1, 1],
  rotationDegrees: [0, 0],
  flip: 0,
  perspective: { probability: 0, strength: 0 },
  light: { ...defaultAugmentation.light, probability: 0 },
  blur: { probability: 0, sigma: [1, 1] },
}

function noise(width: number, height: number, seed = 1): Picture {
  const rng = rngFromSeed(seed)
  return {
    width,
    height,
    data: Uint8Array.from({ length: width * height * 3 }, () => rng.integer(256)),
  }
}

test('with every range closed a picture of the size stays as it is', async () => {
  const picture = noise(16, 16)
  expect(await augment(picture, still, rngFromSeed(3))).toEqual(picture)
})

test('a certain flip mirrors', async () => {
  const picture = noise(16, 16)
  const flipped = await augment(picture, { ...still, flip: 1 }, rngFromSeed(3))
  for (let x = 0; x < 16; x++) expect(flipped.data[x * 3]).toBe(picture.data[(15 - x) * 3])
})

test('the same state of the rng gives the same pictures, whatever else is under way', async () => {
  const pictures = [noise(40, 30, 1), noise(64, 64, 2), noise(20, 50, 3)]
  const options = {
    ...defaultAugmentation,
    size: 24,
    blur: { probability: 0.5, sigma: [0.5, 2] },
  } as const
  const oneByOne: Picture[] = []
  const first = rngFromSeed(7)
  for (const picture of pictures) oneByOne.push(await augment(picture, options, first))
  const second = rngFromSeed(7)
  expect(await Promise.all(pictures.map((p) => augment(p, options, second)))).toEqual(oneByOne)
  expect(second.state()).toEqual(first.state())
  expect(await augment(pictures[0]!, options, second)).not.toEqual(oneByOne[0])
})

test('how many numbers are drawn depends on nothing', () => {
  const [some, all] = [rngFromSeed(1), rngFromSeed(1)]
  void augment(noise(16, 16), still, some)
  void augment(noise(99, 5), { ...defaultAugmentation, flip: 1 }, all)
  expect(some.state()).toEqual(all.state())
})

test('a plain picture stays plain under any view: nothing from outside comes in', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 70 }),
      fc.integer({ min: 1, max: 70 }),
      fc.integer(),
      async (width, height, seed) => {
        const plain = { width, height, data: new Uint8Array(width * height * 3).fill(77) }
        const options = {
          ...still,
          area: [0.05, 1],
          aspect: [0.5, 2],
          rotationDegrees: [-45, 45],
          flip: 0.5,
          perspective: { probability: 0.8, strength: 0.6 },
        } as const
        const varied = await augment(plain, options, rngFromSeed(seed))
        expect(varied.data.length).toBe(16 * 16 * 3)
        expect(varied.data.every((value) => value === 77)).toBe(true)
      },
    ),
    { numRuns: 60 },
  ))

test('shrinking averages: a fine checkerboard becomes grey, not a pattern', async () => {
  const side = 128
  const data = Uint8Array.from({ length: side * side * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3)
    return (pixel + Math.floor(pixel / side)) % 2 === 0 ? 0 : 254
  })
  const { data: small } = await augment({ width: side, height: side, data }, still, rngFromSeed(1))
  for (const value of small) expect(Math.abs(value - 127)).toBeLessThanOrEqual(2)
})

test('crops keep the area asked for', async () => {
  // Column index as red: the span of reds seen is the width of the crop.
  const data = Uint8Array.from({ length: 200 * 200 * 3 }, (_, i) => Math.floor(i / 3) % 200)
  const picture = { width: 200, height: 200, data }
  const rng = rngFromSeed(5)
  for (let i = 0; i < 20; i++) {
    const { data: seen } = await augment(picture, { ...still, area: [0.25, 0.25] }, rng)
    const span = Math.max(...seen) - Math.min(...seen)
    expect(span).toBeGreaterThan(90)
    expect(span).toBeLessThanOrEqual(100)
  }
})

test('a size that is none is refused', async () => {
  const options = { ...still, size: 0 }
  await expect(augment(noise(4, 4), options, rngFromSeed(1))).rejects.toThrow('size is 0')
})

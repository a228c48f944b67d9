import fc from 'fast-check'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { rngFromSeed } from '../core/index.ts'
import { mirrorPicture } from './mirror-picture.ts'

const picture = fc
  .record({
    width: fc.integer({ min: 1, max: 9 }),
    height: fc.integer({ min: 1, max: 9 }),
    seed: fc.nat(),
  })
  .map(({ width, height, seed }) => {
    const rng = rngFromSeed(seed)
    const values = Array.from({ length: width * height * 3 }, () => Math.floor(rng.between(0, 256)))
    return { width, height, data: Uint8Array.from(values) }
  })

test('law: it is what libvips makes of it, and mirrored twice it is the picture', () =>
  fc.assert(
    fc.asyncProperty(picture, async (one) => {
      const { width, height, data } = one
      const flop = sharp(data, { raw: { width, height, channels: 3 } })
        .flop()
        .raw()
      expect([...mirrorPicture(one).data]).toEqual([...(await flop.toBuffer())])
      expect(mirrorPicture(mirrorPicture(one))).toEqual(one)
    }),
  ))

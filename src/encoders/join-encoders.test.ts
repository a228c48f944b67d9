import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { colourPicture } from '../../tests/support/small-shop.ts'
import { writeUntrainedModel } from '../../tests/support/untrained-model.ts'
import { decodeImage, type Picture } from '../data/index.ts'
import type { PictureEncoder } from './encoder.ts'
import { joinEncoders, membersOf } from './join-encoders.ts'
import { loadPictureEncoder } from './picture-encoder.ts'

let root: string
let encoders: PictureEncoder[]
let pictures: Picture[]
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'vitrine-join-'))
  for (const [seed, size] of [
    [1, 32],
    [2, 24],
  ] as const)
    await writeUntrainedModel(join(root, `${seed}`), { seed, size })
  encoders = await Promise.all([1, 2].map((seed) => loadPictureEncoder(join(root, `${seed}`))))
  pictures = await Promise.all(
    (['red', 'blue', 'black'] as const).map(async (colour) =>
      decodeImage(await colourPicture(colour)),
    ),
  )
})
afterAll(async () => {
  await Promise.all(encoders.map((encoder) => encoder.close()))
  await rm(root, { recursive: true })
})

test('the vectors of all lie side by side, each the one of its own encoder', async () => {
  const joined = joinEncoders(encoders)
  expect(joined).toMatchObject({
    name: 'untrained-1 + untrained-2',
    dimension: 64,
    pictureSize: 32,
    stretches: false,
  })
  const rows = await joined.encode(pictures)
  const own = await Promise.all(encoders.map((encoder) => encoder.encode(pictures)))
  for (const [i] of pictures.entries())
    for (const [e, vectors] of own.entries())
      expect(rows.subarray(i * 64 + e * 32, i * 64 + (e + 1) * 32)).toEqual(
        vectors.subarray(i * 32, (i + 1) * 32),
      )
  expect(await joined.encode([])).toEqual(new Float32Array(0))
  expect(membersOf(joined)).toEqual(encoders)
})

test('one alone is itself, the order makes another hash, names must differ', () => {
  const [one, two] = encoders as [PictureEncoder, PictureEncoder]
  expect(joinEncoders([one])).toBe(one)
  expect(membersOf(one)).toEqual([one])
  expect(joinEncoders([one, two]).hash).not.toBe(joinEncoders([two, one]).hash)
  expect(() => joinEncoders([one, one])).toThrow(/two have one name \(untrained-1, untrained-1\)/)
  expect(() => joinEncoders([])).toThrow(/none to join/)
})

import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Picture } from '../../src/data/index.ts'
import type { PictureEncoder } from '../../src/encoders/index.ts'
import { cachedEncoder } from '../../tools/results/cached-encoder.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-cache-'))
})
afterEach(() => rm(folder, { recursive: true }))

/** Says of each picture its first value and how many pictures came before. */
function counting(hash: string): PictureEncoder & { count: () => number } {
  let encoded = 0
  return {
    name: 'counting',
    modality: 'picture',
    dimension: 2,
    hash,
    pictureSize: 1,
    encode: (pictures) =>
      Promise.resolve(Float32Array.from(pictures.flatMap(({ data }) => [data[0]!, encoded++]))),
    close: () => Promise.resolve(),
    count: () => encoded,
  }
}

const pixel = (value: number): Picture => ({
  width: 1,
  height: 1,
  data: Uint8Array.of(value, 0, 0),
})
const cache = () => ({ folder, hashes: new WeakMap<Picture, Buffer>() })

test('pictures are encoded once, by a model and their pixels', async () => {
  const own = counting('a'.repeat(64))
  const first = cachedEncoder(own, cache())
  expect([...(await first.encode([pixel(7), pixel(8)]))]).toEqual([7, 0, 8, 1])
  const again = cachedEncoder(own, cache())
  expect([...(await again.encode([pixel(7), pixel(8)]))]).toEqual([7, 0, 8, 1])
  expect(own.count()).toBe(2)
  expect([...(await again.encode([pixel(7), pixel(9)]))]).toEqual([7, 2, 9, 3])
  const other = cachedEncoder(counting('b'.repeat(64)), cache())
  expect([...(await other.encode([pixel(9)]))]).toEqual([9, 0])
})

test('a file that was cut short is made anew, and a model without a hash is not kept', async () => {
  const own = counting('a'.repeat(64))
  const encoder = cachedEncoder(own, cache())
  await encoder.encode([pixel(7)])
  const [path] = (await readdir(folder, { recursive: true })).filter((name) => name.includes('/'))
  await writeFile(join(folder, path!), 'short')
  expect([...(await encoder.encode([pixel(7)]))]).toEqual([7, 1])
  const unnamed = counting('')
  const passed = cachedEncoder(unnamed, cache())
  await passed.encode([pixel(1)])
  await passed.encode([pixel(1)])
  expect(unnamed.count()).toBe(2)
})

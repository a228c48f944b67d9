import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import type { Picture } from '../picture.ts'
import { hubPixels } from './hub-pixels.ts'
import { readHubPreprocessing } from './hub-preprocessing.ts'

// Made by tests/golden/hub/make-preprocessing.mjs with transformers.js.
interface Golden {
  readonly configs: Readonly<Record<string, unknown>>
  readonly cases: readonly {
    readonly name: string
    readonly width: number
    readonly height: number
    readonly shape: readonly number[]
    readonly base64: string
  }[]
}
const path = join(import.meta.dirname, '../../../tests/golden/hub/preprocessing.json')
const { configs, cases } = JSON.parse(readFileSync(path, 'utf8')) as Golden

function pictureOf(width: number, height: number): Picture {
  const data = new Uint8Array(width * height * 3)
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++)
        data[i++] = (x * x * 7 + y * 13 * (c + 1) + x * y * 3 + c * 50) % 256
  return { width, height, data }
}

test.each(cases)('$name of $width x $height: the numbers of transformers.js', async (golden) => {
  const preprocessing = readHubPreprocessing(configs[golden.name], golden.name)
  const { shape, data } = await hubPixels([pictureOf(golden.width, golden.height)], preprocessing)
  expect(shape).toEqual(golden.shape)
  const bytes = Buffer.from(golden.base64, 'base64')
  const wanted = new Float32Array(
    bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length),
  )
  expect(data.length).toBe(wanted.length)
  let largest = 0
  for (const [i, x] of data.entries()) largest = Math.max(largest, Math.abs(x - wanted[i]!))
  expect(largest).toBeLessThan(1e-6) // a step of a pixel is 0.008 or more
})

test('a batch holds what each picture gives alone', async () => {
  const preprocessing = readHubPreprocessing(configs.clip, 'clip')
  const pictures = [pictureOf(23, 13), pictureOf(11, 19)]
  const { shape, data } = await hubPixels(pictures, preprocessing)
  expect(shape).toEqual([2, 3, 8, 8])
  const alone = await hubPixels([pictures[1]!], preprocessing)
  expect(data.subarray(3 * 64)).toEqual(alone.data)
})

test('pictures that come out in different sizes are refused', async () => {
  const config = { size: { shortest_edge: 8 }, image_processor_type: 'BitImageProcessor' }
  const preprocessing = readHubPreprocessing(config, 'x')
  await expect(hubPixels([pictureOf(9, 9), pictureOf(20, 9)], preprocessing)).rejects.toThrow(
    /picture 1: comes to 17 x 8, the first to 8 x 8/,
  )
})

test.each([
  [{ image_processor_type: 'DonutImageProcessor' }, /x: DonutImageProcessor is not known here/],
  [{ do_pad: true }, /x: do_pad is not known here/],
  [{ size_divisor: 32 }, /x: size_divisor is not known here/],
  [{ size: 0 }, /x: size: /],
  [{ resample: 9 }, /x: resample: /],
  [{ do_normalize: true }, /x: normalises without image_mean/],
  ['text', /x: config: /],
])('%j is refused', (config, message) => {
  expect(() => readHubPreprocessing(config, 'x')).toThrow(message)
})

import { appendFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { rngFromSeed } from '../core/index.ts'
import { type Picture, type Preprocessing, picturesToTensor } from '../data/index.ts'
import { CompactConvNet, Linear } from '../nn/index.ts'
import { flatten, input, mul, type Value, writeModel } from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { type ModelCard, readModelFolder, writeModelFolder } from './index.ts'
import { openEncoder } from './open-encoder.ts'
import { loadPictureEncoder, openPictureEncoder } from './picture-encoder.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-encoders-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const preprocessing: Preprocessing = {
  size: 8,
  fit: 'stretch',
  mean: [0.5, 0.5, 0.5],
  std: [0.5, 0.5, 0.5],
}
const network = new CompactConvNet({ widths: [4, 6], blocks: [1], dimension: 5 }, rngFromSeed(1))
const pictures = input('pictures', [1, 3, 8, 8])
const served = (vectors: Value): Uint8Array => writeModel({ vectors }, { freeBatch: 'N' })
const model = served(network.apply(pictures, { kind: 'inference' }))
const card: Omit<ModelCard, 'sha256'> = {
  name: 'tiny',
  version: '1',
  job: 'curation',
  modality: 'picture',
  description: 'for this test',
  dimension: 5,
  preprocessing,
  recipe: {},
  seed: 1,
  data: { description: 'none', pictures: 0, sha256: '' },
  metrics: {},
  licence: 'MIT',
}

function somePictures(count: number): Picture[] {
  const rng = rngFromSeed(count)
  return Array.from({ length: count }, () => ({
    width: 8,
    height: 8,
    data: Uint8Array.from({ length: 192 }, () => rng.integer(256)),
  }))
}

describe('an encoder', () => {
  test('gives unit vectors in the order of the pictures, whatever the batches', async () => {
    await writeModelFolder(folder, { card, model })
    const encoder = await loadPictureEncoder(folder)
    const many = somePictures(75)
    const vectors = await encoder.encode(many)
    expect(vectors).toHaveLength(75 * 5)
    for (const i of [0, 31, 32, 63, 64, 74]) {
      const alone = await encoder.encode([many[i]!])
      const row = vectors.subarray(i * 5, i * 5 + 5)
      expect(Math.hypot(...row)).toBeCloseTo(1, 6)
      alone.forEach((x, k) => {
        expect(row[k]).toBeCloseTo(x, 5)
      })
    }
    expect(await encoder.encode([])).toHaveLength(0)
    await encoder.close()
  })

  test('is the network: the same numbers as the graph computed by itself', async () => {
    const encoder = await openPictureEncoder({ ...card, model })
    const [picture] = somePictures(1)
    const data = await picturesToTensor([picture!], preprocessing)
    const { vectors } = await evaluate(
      { vectors: network.apply(pictures, { kind: 'inference' }) },
      { pictures: { dtype: 'float32', shape: [1, 3, 8, 8], data } },
    )
    const encoded = await encoder.encode([picture!])
    encoded.forEach((x, k) => {
      expect(x).toBeCloseTo((vectors.data as Float32Array)[k]!, 5)
    })
    await encoder.close()
  })

  test('brings features of any length to unit length, but not zeros', async () => {
    const linear = new Linear({ inputs: 192, outputs: 3 }, rngFromSeed(2))
    for (const factor of [1000, 0]) {
      const scaled = served(mul(linear.apply(flatten(pictures)), factor))
      const encoder = await openPictureEncoder({ ...card, dimension: 3, model: scaled })
      const encoding = encoder.encode(somePictures(1))
      if (factor === 0) await expect(encoding).rejects.toMatchObject({ code: 'Numeric' })
      else expect(Math.hypot(...(await encoding))).toBeCloseTo(1, 6)
      await encoder.close()
    }
  })

  test('stops when asked', async () => {
    const encoder = await openPictureEncoder({ ...card, model })
    const signal = AbortSignal.abort()
    await expect(encoder.encode(somePictures(1), { signal })).rejects.toMatchObject({
      code: 'Cancelled',
    })
    await encoder.close()
  })

  test('opens a plain ONNX file and finds its dimension', async () => {
    const path = join(folder, 'plain.onnx')
    const settings = { mean: 0.5, std: 0.5 }
    await writeFile(path, model)
    const encoder = await openEncoder(path, { settings })
    expect(encoder).toMatchObject({ name: 'plain', dimension: 5, pictureSize: 8 })
    await encoder.close()
    await writeFile(path, served(mul(pictures, 2)))
    await expect(openEncoder(path, { settings })).rejects.toThrow(
      /plain\.onnx: output "vectors" is float32 \[2, 3, 8, 8\].*--pooling mean/,
    )
    for (const bytes of ['not a model', '', model.subarray(0, 500)]) {
      await writeFile(path, bytes)
      await expect(openEncoder(path, { settings })).rejects.toThrow(
        /plain\.onnx: not a usable ONNX model .*; copy or export it again/,
      )
    }
    await expect(openEncoder(join(folder, 'none'))).rejects.toMatchObject({
      code: 'NotFound',
    })
  })
})

describe('a model folder', () => {
  test('comes back as it was written', async () => {
    await writeModelFolder(folder, { card, model })
    const read = await readModelFolder(folder)
    expect(read.card).toMatchObject(card)
    expect(Buffer.from(read.model).equals(Buffer.from(model))).toBe(true)
  })

  test('whose model was changed is refused', async () => {
    await writeModelFolder(folder, { card, model })
    await appendFile(join(folder, 'model.onnx'), 'x')
    await expect(readModelFolder(folder)).rejects.toThrow(
      /model\.onnx: its SHA-256 is .* the card says/,
    )
  })

  test('without a part, or with a card that is wrong, names the file', async () => {
    await expect(readModelFolder(folder)).rejects.toThrow(/model\.json: cannot be read \(ENOENT\)/)
    await writeModelFolder(folder, { card, model })
    const path = join(folder, 'model.json')
    const json = await readFile(path, 'utf8')
    await writeFile(path, json.replace('"dimension": 5', '"dimension": "five"'))
    await expect(readModelFolder(folder)).rejects.toThrow(/model\.json: dimension: /)
    await writeFile(path, '{')
    await expect(readModelFolder(folder)).rejects.toThrow(/model\.json: is not JSON/)
  })
})

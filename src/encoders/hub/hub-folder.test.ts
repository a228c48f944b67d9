import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  floats,
  type GraphInit,
  int,
  ints,
  modelBytes,
} from '../../../tests/support/model-bytes.ts'
import { writeTwoTowerFolder } from '../../../tests/support/two-tower-folder.ts'
import type { Picture } from '../../data/index.ts'
import type { FileSettings } from '../file-card.ts'
import { openEncoder } from '../open-encoder.ts'

let folder: string
beforeEach(async () => {
  folder = join(await mkdtemp(join(tmpdir(), 'vitrine-hub-')), 'tiny-clip')
  await writeTwoTowerFolder(folder)
})
afterEach(() => rm(join(folder, '..'), { recursive: true }))

// Made by tests/golden/hub/make-two-tower.mjs with transformers.js on the same folder.
interface Golden {
  readonly texts: readonly string[]
  readonly textVectors: readonly (readonly number[])[]
  readonly picture: { readonly width: number; readonly height: number }
  readonly pictureVectors: readonly (readonly number[])[]
}
const path = join(import.meta.dirname, '../../../tests/golden/hub/two-tower.json')
const golden = JSON.parse(readFileSync(path, 'utf8')) as Golden

const unit = (vector: readonly number[]): number[] => {
  const length = Math.hypot(...vector)
  return vector.map((x) => x / length)
}

function goldenPicture(): Picture {
  const { width, height } = golden.picture
  const data = new Uint8Array(width * height * 3)
  for (let y = 0, i = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let c = 0; c < 3; c++) data[i++] = (x * 5 + y * 3 + c * 70) % 256
  return { width, height, data }
}

test('a folder as transformers.js has it gives its vectors, of pictures and of texts', async () => {
  const encoder = await openEncoder(folder)
  expect(encoder).toMatchObject({ name: 'tiny-clip', dimension: 3, pictureSize: 8 })
  const vector = await encoder.encode([goldenPicture()])
  unit(golden.pictureVectors[0]!).forEach((x, i) => {
    expect(vector[i]).toBeCloseTo(x, 6)
  })
  const tower = await encoder.openTextTower!()
  expect(tower).toMatchObject({ modality: 'text', dimension: 3 })
  const meant = golden.texts.flatMap((text, i) => {
    const wanted = golden.textVectors[i]!
    return wanted.some((x) => x !== 0) ? [{ text, wanted: unit(wanted) }] : []
  })
  expect(meant.length).toBeGreaterThan(2)
  const together = await tower.encode(meant.map(({ text }) => text))
  for (const [i, { text, wanted }] of meant.entries()) {
    const alone = await tower.encode([text])
    wanted.forEach((x, d) => {
      expect(together[i * 3 + d]).toBeCloseTo(x, 6)
      expect(alone[d]).toBeCloseTo(x, 6)
    })
  }
  await expect(tower.encode(['zebra'])).rejects.toMatchObject({ code: 'Numeric' })
  await tower.close()
  await encoder.close()
})

test('a text longer than the model takes is cut off before its end', async () => {
  const encoder = await openEncoder(folder)
  const tower = await encoder.openTextTower!()
  const blue = await tower.encode(['blue'])
  const tenOfTwelve = `${'blue '.repeat(10)}${'red '.repeat(200)}`
  expect(await tower.encode([tenOfTwelve])).toEqual(blue)
  expect(await tower.encode([`${'blue '.repeat(9)}${'red '.repeat(200)}`])).not.toEqual(blue)
  await tower.close()
  await encoder.close()
})

test('of tokens alone the class token is the vector, unless a pooling is given', async () => {
  const graph: GraphInit = {
    input: [floats('pixel_values', 'batch', 3, 8, 8)],
    output: [floats('last_hidden_state', 'batch', 8, 3)],
    initializer: [],
    node: [
      {
        opType: 'ReduceMean',
        input: ['pixel_values'],
        output: ['rows'],
        attribute: [ints('axes', 3), int('keepdims', 0)],
      },
      {
        opType: 'Transpose',
        input: ['rows'],
        output: ['last_hidden_state'],
        attribute: [ints('perm', 0, 2, 1)],
      },
    ],
  }
  await writeFile(join(folder, 'onnx/vision_model.onnx'), modelBytes(graph))
  const encodeWith = async (settings: FileSettings) => {
    const encoder = await openEncoder(folder, { settings })
    const vector = await encoder.encode([goldenPicture()])
    await encoder.close()
    return vector
  }
  const vector = await encodeWith({})
  expect(vector).toEqual(await encodeWith({ pooling: 'cls' }))
  expect(vector).not.toEqual(await encodeWith({ pooling: 'mean' }))
})

test('its hash follows the weights and the preprocessing', async () => {
  const hashNow = async () => {
    const encoder = await openEncoder(folder)
    await encoder.close()
    return encoder.hash
  }
  const first = await hashNow()
  expect(await hashNow()).toBe(first)
  const config = join(folder, 'preprocessor_config.json')
  const text = await readFile(config, 'utf8')
  await writeFile(config, text.replace('"resample": 3', '"resample": 2'))
  expect(await hashNow()).not.toBe(first)
})

describe('what is wrong with a folder is one line that names the file', () => {
  const opening = () => openEncoder(`hf:${folder}`)

  test('no graph', async () => {
    await rm(join(folder, 'onnx'), { recursive: true })
    await expect(opening()).rejects.toThrow(/has neither onnx\/vision_model\.onnx nor onnx\/model/)
  })

  test('a graph of both towers at once', async () => {
    await rm(join(folder, 'onnx/vision_model.onnx'))
    await rename(join(folder, 'onnx/text_model.onnx'), join(folder, 'onnx/model.onnx'))
    await expect(opening()).rejects.toThrow(/model\.onnx: takes input_ids.*export the tower/)
  })

  test('a damaged configuration or graph', async () => {
    await writeFile(join(folder, 'onnx/vision_model.onnx'), 'no model')
    await expect(opening()).rejects.toThrow(/vision_model\.onnx: not a usable ONNX model/)
    await writeFile(join(folder, 'preprocessor_config.json'), '{')
    await expect(opening()).rejects.toThrow(/preprocessor_config\.json: is not JSON/)
  })

  test('a tower for texts without a tokenizer, or with one that is none', async () => {
    const encoder = await opening()
    await writeFile(join(folder, 'tokenizer.json'), '{"model":{"type":"Unheard"}}')
    await expect(encoder.openTextTower!()).rejects.toThrow(/tokenizer\.json: is no tokenizer/)
    await rm(join(folder, 'tokenizer.json'))
    await expect(encoder.openTextTower!()).rejects.toThrow(/tokenizer\.json: cannot be read/)
    await encoder.close()
  })

  test('a folder that is nothing', async () => {
    await mkdir(join(folder, 'empty'))
    await expect(openEncoder(join(folder, 'empty'))).rejects.toThrow(/model\.json: cannot be read/)
  })

  test('a tower for texts that takes something strange', async () => {
    await writeFile(join(folder, 'onnx/text_model.onnx'), modelBytes())
    const encoder = await opening()
    await expect(encoder.openTextTower!()).rejects.toThrow(/takes x, wanted input_ids/)
    await encoder.close()
  })
})

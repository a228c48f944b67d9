import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { torchExport } from '../../tests/support/torch-export.ts'
import { rngFromSeed } from '../core/index.ts'
import { type Picture, type Preprocessing, picturesToTensor } from '../data/index.ts'
import { Conv, parametersOf, unitLength } from '../nn/index.ts'
import { input, reshape, transpose, type Value, writeModel } from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import type { FileSettings } from './file-card.ts'
import { findNetwork } from './find-network.ts'
import { importPictureNetwork } from './import-picture-network.ts'
import { openEncoder } from './open-encoder.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-import-'))
})
afterEach(() => rm(folder, { recursive: true }))

const rng = rngFromSeed(4)
const pictures = Array.from(
  { length: 3 },
  (): Picture => ({
    width: 20,
    height: 20,
    data: Uint8Array.from({ length: 1200 }, () => rng.integer(256)),
  }),
)
const conv = new Conv({ inputs: 3, outputs: 5, kernel: 3, stride: 2, padding: 1 }, rngFromSeed(2))
const halves = { mean: 0.5, std: 0.5 } as const

/** Writes a convolution, its output a map or tokens, for pictures of any or of one size. */
async function write(kind: 'map' | 'tokens' | 'NHWC', free: boolean): Promise<string> {
  const last = kind === 'NHWC'
  const pixels = input('pixels', last ? [1, 20, 20, 3] : [1, 3, 20, 20])
  const planes: Value = last ? transpose(pixels, [0, 3, 1, 2]) : pixels
  const map = conv.apply(planes)
  const result = kind === 'tokens' ? transpose(map, [0, 2, 3, 1]) : map
  const axes = last ? ['N', 'H', 'W', null] : ['N', null, 'H', 'W']
  const file = join(folder, `${kind}.onnx`)
  const output = kind === 'tokens' ? reshape(result, [-1, 100, 5]) : result
  const model = writeModel(
    { result: output },
    free ? { freeAxes: { pixels: axes, result: ['N', null, 'h', 'w'] } } : { freeBatch: 'N' },
  )
  await writeFile(file, model)
  return file
}

/** What the layer gives for pictures, brought to unit length. */
async function trained(path: string, settings: FileSettings): Promise<Float32Array> {
  const source = await findNetwork(path, { settings })
  const { size } = source.preprocessing as Preprocessing
  const network = await importPictureNetwork(source, { batches: [{ batch: 3, size }] })
  const x = input('x', [3, 3, size, size])
  const data = await picturesToTensor(pictures, source.preprocessing as Preprocessing)
  const y = unitLength(network.apply(x, { kind: 'inference' }))
  expect(y.shape).toEqual([3, network.dimension])
  return (await evaluate({ y }, { x: tensor('float32', x.shape, data) })).y.data as Float32Array
}

describe('the layer gives what the encoder does', () => {
  test.each([
    ['map', { pooling: 'mean' }],
    ['tokens', { pooling: 'mean' }],
    ['tokens', { pooling: 'cls' }],
    ['NHWC', { pooling: 'mean', layout: 'NHWC' }],
  ] as const)('%s with %j', async (kind, choice) => {
    const settings = { ...halves, ...choice }
    const path = await write(kind, false)
    const encoder = await openEncoder(path, { settings })
    const wanted = await encoder.encode(pictures)
    await encoder.close()
    const found = await trained(path, settings)
    expectClose(tensor('float32', [15], found), tensor('float32', [15], wanted), 1e-5)
  })
})

test('a network of one size takes another where no layer depends on it', async () => {
  const source = await findNetwork(await write('map', false), {
    settings: { ...halves, pooling: 'mean' },
  })
  const batches = [
    { batch: 2, size: 12 },
    { batch: 1, size: 20 },
  ]
  const network = await importPictureNetwork(source, { batches })
  for (const { batch, size } of batches) {
    const y = network.apply(input('x', [batch, 3, size, size]), { kind: 'inference' })
    expect(y.shape).toEqual([batch, 5])
  }
})

test('where one does, the size that it was made for is named', async () => {
  const source = await findNetwork(await write('tokens', false), {
    settings: { ...halves, pooling: 'mean' },
  })
  await expect(importPictureNetwork(source, { batches: [{ batch: 2, size: 12 }] })).rejects.toThrow(
    /tokens\.onnx: is made for pictures of 20 x 20 and does not take 12 x 12; give/,
  )
})

test('a transformer of PyTorch’s exporter learns in all its layers', async () => {
  const { path } = torchExport('vit-16.onnx')
  const source = await findNetwork(path, { settings: { ...halves, size: 16 } })
  const network = await importPictureNetwork(source, {
    batches: [{ batch: 2, size: 16 }],
    trainable: { lastLayers: 2 },
  })
  expect(network.dimension).toBe(12)
  expect([...parametersOf(network).keys()]).toContain('network.blocks.1.fc2.bias')
})

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { floats, type GraphInit, ints, modelBytes } from '../../tests/support/model-bytes.ts'
import { rngFromSeed } from '../core/index.ts'
import type { Picture } from '../data/index.ts'
import type { FileSettings } from './file-card.ts'
import { openEncoder } from './open-encoder.ts'

let folder: string
let path: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-file-'))
  path = join(folder, 'net.onnx')
})
afterEach(() => rm(folder, { recursive: true }))

type Axes = readonly (number | string)[]
interface Net {
  readonly from?: Axes
  readonly outputs?: Readonly<
    Record<string, { readonly perm: readonly number[]; readonly to: Axes }>
  >
}

/** Writes a graph whose outputs are the picture with its axes in another order. */
async function write({ from = ['N', 3, 4, 4], outputs = {} }: Net): Promise<void> {
  const named = Object.entries(outputs)
  const graph: GraphInit = {
    input: [floats('x', ...from)],
    output: named.map(([name, { to }]) => floats(name, ...to)),
    initializer: [],
    node: named.map(([name, { perm }]) => ({
      opType: 'Transpose',
      input: ['x'],
      output: [name],
      attribute: [ints('perm', ...perm)],
    })),
  }
  await writeFile(path, modelBytes(graph))
}
const map = { map: { perm: [0, 1, 2, 3], to: ['N', 3, 4, 4] as Axes } }
const halves = { mean: 0.5, std: 0.5 }

const rng = rngFromSeed(7)
const picture: Picture = {
  width: 4,
  height: 4,
  data: Uint8Array.from({ length: 48 }, () => rng.integer(256)),
}
/** The unit vector of the mean of each channel, (x / 255 - mean) / std. */
function meanColour(mean: readonly number[], std: readonly number[]): number[] {
  const means = [0, 1, 2].map((c) => {
    let sum = 0
    for (let p = 0; p < 16; p++) sum += (picture.data[p * 3 + c]! / 255 - mean[c]!) / std[c]!
    return sum / 16
  })
  const length = Math.hypot(...means)
  return means.map((x) => x / length)
}

async function encodeWith(settings: FileSettings, count = 1): Promise<number[]> {
  const encoder = await openEncoder(`file:${path}`, { settings })
  try {
    const vectors = await encoder.encode(Array.from({ length: count }, () => picture))
    expect(vectors).toHaveLength(count * encoder.dimension)
    return [...vectors]
  } finally {
    await encoder.close()
  }
}

function expectNear(found: readonly number[], wanted: readonly number[]): void {
  expect(found).toHaveLength(wanted.length)
  found.forEach((x, i) => {
    expect(x).toBeCloseTo(wanted[i]!, 5)
  })
}

test('the mean of a map of features, normalised by one number or by three', async () => {
  await write({ outputs: map })
  const half = meanColour([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])
  expectNear(await encodeWith({ ...halves, pooling: 'mean' }), half)
  const mean = [0.4, 0.5, 0.1] as [number, number, number]
  const std = [0.2, 0.3, 0.9] as [number, number, number]
  expectNear(await encodeWith({ mean, std, pooling: 'mean' }), meanColour(mean, std))
})

test('channels last is the same picture', async () => {
  await write({
    from: ['N', 4, 4, 3],
    outputs: { map: { perm: [0, 3, 1, 2], to: ['N', 3, 4, 4] } },
  })
  const settings: FileSettings = { ...halves, layout: 'NHWC', pooling: 'mean' }
  expectNear(await encodeWith(settings), meanColour([0.5, 0.5, 0.5], [0.5, 0.5, 0.5]))
  await expect(encodeWith(halves)).rejects.toThrow(/takes \[N, 4, 4, 3\].*give --layout NHWC/)
})

test('a graph that takes exactly three pictures at once encodes any number', async () => {
  await write({
    from: [3, 3, 4, 4],
    outputs: { map: { perm: [0, 1, 2, 3], to: [3, 3, 4, 4] } },
  })
  const one = meanColour([0.5, 0.5, 0.5], [0.5, 0.5, 0.5])
  for (const count of [0, 1, 3, 5])
    expectNear(
      await encodeWith({ ...halves, pooling: 'mean' }, count),
      Array.from({ length: count }, () => one).flat(),
    )
})

test('of several outputs one is named, usual names are found', async () => {
  await write({ outputs: { ...map, other: map.map } })
  await expect(encodeWith(halves)).rejects.toThrow(
    /has the outputs map, other; say which .*--output/,
  )
  await expect(encodeWith({ ...halves, output: 'none' })).rejects.toThrow(/no output "none"/)
  const wanted = await encodeWith({ ...halves, output: 'map', pooling: 'mean' })
  await write({ outputs: { ...map, features: map.map } })
  expectNear(await encodeWith({ ...halves, pooling: 'mean' }), wanted)
})

test('a card beside the file says what options overrule', async () => {
  await write({
    from: ['N', 3, 'H', 'W'],
    outputs: { map: { ...map.map, to: ['N', 3, 'H', 'W'] } },
  })
  const card = join(folder, 'net.json')
  await writeFile(card, JSON.stringify({ size: 4, mean: 0.4, std: 0.3, pooling: 'mean' }))
  expectNear(await encodeWith({}), meanColour([0.4, 0.4, 0.4], [0.3, 0.3, 0.3]))
  expectNear(await encodeWith({ mean: 0.1 }), meanColour([0.1, 0.1, 0.1], [0.3, 0.3, 0.3]))
  await writeFile(card, '{"size":4,"means":0.5}')
  await expect(encodeWith({})).rejects.toThrow(/net\.json: card: .*means.*; wanted size, fit, mean/)
  await writeFile(card, '{"size":')
  await expect(encodeWith({})).rejects.toThrow(/net\.json: is not JSON/)
})

test('what nobody knows is asked for', async () => {
  await write({
    from: ['N', 3, 'H', 'W'],
    outputs: { map: { ...map.map, to: ['N', 3, 'H', 'W'] } },
  })
  await expect(encodeWith(halves)).rejects.toThrow(
    /net\.onnx: takes \[N, 3, H, W\].*--input-size 224/,
  )
  await write({ outputs: map })
  await expect(encodeWith({})).rejects.toThrow(/net\.onnx: nothing says .* --mean and --std/)
  await expect(encodeWith({ ...halves, size: 8 })).rejects.toThrow(/input size given is 8; leave/)
  await expect(encodeWith({ mean: 0.5, std: 0 })).rejects.toThrow(/std is 0, 0, 0/)
  await expect(encodeWith(halves)).rejects.toThrow(/of a map of features take --pooling mean/)
  await expect(encodeWith({ ...halves, pooling: 'cls' })).rejects.toThrow(/\[2, 3, 4, 4\]/)
  await write({ from: ['N', 7], outputs: { y: { perm: [0, 1], to: ['N', 7] } } })
  await expect(encodeWith(halves)).rejects.toThrow(/takes \[N, 7\], wanted pictures/)
})

test('other settings are another encoder, so that an index notices', async () => {
  await write({ outputs: map })
  const hashOf = async (settings: FileSettings) => {
    const encoder = await openEncoder(path, { settings })
    await encoder.close()
    return encoder.hash
  }
  const first = await hashOf({ ...halves, pooling: 'mean' })
  expect(await hashOf({ ...halves, size: 4, pooling: 'mean' })).toBe(first)
  expect(await hashOf({ mean: 0.5, std: 0.4, pooling: 'mean' })).not.toBe(first)
  await write({ outputs: { map: { perm: [0, 1, 3, 2], to: ['N', 3, 4, 4] } } })
  expect(await hashOf({ ...halves, pooling: 'mean' })).not.toBe(first)
})

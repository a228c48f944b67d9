import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Picture } from '../../data/index.ts'
import {
  add,
  constant,
  gather,
  input,
  mul,
  reduceMean,
  reshape,
  writeModel,
} from '../../onnx/index.ts'
import { tensor } from '../../tensor/index.ts'
import { innerProduct } from '../comparing/compare-vectors.ts'
import type { Landmarks } from './face.ts'
import { type Faces, openFaceNetworks } from './open-faces.ts'

let folder: string
let faces: Faces | undefined
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-faces-'))
})
afterEach(async () => {
  await faces?.close()
  faces = undefined
  await rm(folder, { recursive: true })
})

const size = 64
const cell = 4

interface Guess {
  readonly anchor: number
  /** Where it says the face is, in pixels of the network. */
  readonly x: number
  readonly y: number
}

/** A detector of the real one's form that guesses the same whatever it sees. */
function detector(guesses: readonly Guess[]): Uint8Array {
  const x = input('x', [1, 3, size, size])
  const nothing = reshape(mul(reduceMean(x), 0), [1, 1, 1])
  const grid = (count: number, first: number) => {
    const logits = new Float32Array(count).fill(-9)
    const regressors = new Float32Array(count * 16)
    for (const { anchor, x: left, y: top } of guesses) {
      const i = anchor - first
      if (i < 0 || i >= count) continue
      logits[i] = 5
      const at = {
        x: (0.5 + (Math.floor(anchor / 2) % 16)) * cell,
        y: (0.5 + Math.floor(anchor / 32)) * cell,
      }
      const [dx, dy] = [left - at.x, top - at.y]
      const marks = [-4, -2, 4, -2, 0, 2, 0, 5, -8, 0, 8, 0]
      const around = marks.map((offset, k) => offset + (k % 2 === 0 ? dx : dy))
      regressors.set([dx, dy, 20, 20, ...around], i * 16)
    }
    return [
      add(constant(tensor('float32', [1, count, 1], logits)), nothing),
      add(constant(tensor('float32', [1, count, 16], regressors)), nothing),
    ] as const
  }
  const [coarse, fine] = [grid(384, 512), grid(512, 0)]
  return writeModel({ a: coarse[0], b: fine[1], c: fine[0], d: coarse[1] })
}

/** A descriptor whose vector says how red, green and blue the face is. */
function descriptor(): Uint8Array {
  const x = input('x', [1, 3, 8, 8])
  const colours = reduceMean(x, { axes: [2, 3], keepAxes: true })
  const spread = constant(tensor('float32', [1, 3, 342, 1], new Float32Array(1026).fill(1)))
  const rows = reshape(mul(colours, spread), [1, 1026])
  const cut = constant(
    tensor(
      'int64',
      [1024],
      BigInt64Array.from({ length: 1024 }, (_, i) => BigInt(i)),
    ),
  )
  return writeModel({ vector: gather(rows, cut, 1) })
}

const plain = (width: number, height: number, colour: readonly number[]): Picture => ({
  width,
  height,
  data: Uint8Array.from({ length: width * height * 3 }, (_, i) => colour[i % 3]!),
})

async function open(guesses: readonly Guess[]): Promise<Faces> {
  await writeFile(join(folder, 'detector.onnx'), detector(guesses))
  await writeFile(join(folder, 'descriptor.onnx'), descriptor())
  faces = await openFaceNetworks(folder, { threads: 1 })
  return faces
}

// the cells of the fine grid are 4 pixels wide: 16 x 16, two guesses each
const at = (column: number, row: number) => 2 * (16 * row + column)

test('one face is found where it is, also in pictures that are not square', async () => {
  const { detect, look } = await open([{ anchor: at(8, 8), x: 32, y: 30 }])
  const wide = plain(128, 64, [200, 10, 10])
  const [face] = await detect(wide)
  // 128 x 64 lies in the middle of the square of 64, at half its size
  expect(face).toMatchObject({
    box: { x: 44, y: 8, width: 40, height: 40 },
    landmarks: { rightEye: { x: 56, y: 24 }, leftEye: { x: 72, y: 24 }, mouth: { x: 64, y: 38 } },
  })
  const outcome = await look(wide)
  expect(outcome.kind).toBe('face')
  if (outcome.kind !== 'face') return
  expect(Math.hypot(...outcome.vector)).toBeCloseTo(1, 5)
  const same = await look(plain(64, 64, [210, 15, 15]))
  const other = await look(plain(64, 64, [10, 200, 200]))
  if (same.kind !== 'face' || other.kind !== 'face') throw new Error('a face was found before')
  expect(innerProduct(outcome.vector, same.vector)).toBeGreaterThan(0.99)
  expect(innerProduct(outcome.vector, other.vector)).toBeLessThan(0)
})

test('no face, and several of which none is meant, are outcomes of their own', async () => {
  const none = await open([])
  expect(await none.look(plain(64, 64, [9, 9, 9]))).toEqual({ kind: 'no-face' })
  expect(await none.look(plain(64, 64, [9, 9, 9]), 'middle')).toEqual({ kind: 'no-face' })
  await none.close()
  const two = await open([
    { anchor: at(3, 3), x: 14, y: 14 },
    { anchor: at(9, 9), x: 38, y: 36 },
    { anchor: at(9, 9) + 1, x: 38.5, y: 36 },
  ])
  const outcome = await two.look(plain(64, 64, [9, 99, 9]))
  expect(outcome).toMatchObject({ kind: 'several-faces', faces: [{}, {}] })
  const middle = await two.look(plain(64, 64, [9, 99, 9]), 'middle')
  expect(middle).toMatchObject({ kind: 'face', face: { box: { x: 28.25, y: 26 } } })
})

test('landmarks at one place give some vector; networks of another form are refused', async () => {
  const { describe } = await open([])
  const place = { x: 5, y: 5 }
  const landmarks: Landmarks = {
    rightEye: place,
    leftEye: place,
    nose: place,
    mouth: place,
    rightEar: place,
    leftEar: place,
  }
  const still = describe(plain(64, 64, [1, 2, 3]), { landmarks })
  await expect(still).resolves.toHaveLength(1024)
  const x = input('x', [1, 3, size, size])
  await writeFile(join(folder, 'detector.onnx'), writeModel({ y: reduceMean(x) }))
  const other = await openFaceNetworks(folder, {})
  await expect(other.detect(plain(9, 9, [1, 1, 1]))).rejects.toThrow(/gives 0 guesses, wanted 896/)
  await other.close()
  const flat = input('x', [1, 7])
  await writeFile(join(folder, 'detector.onnx'), writeModel({ y: reduceMean(flat) }))
  await expect(openFaceNetworks(folder, {})).rejects.toThrow(/face detector: takes 1,7, wanted/)
})

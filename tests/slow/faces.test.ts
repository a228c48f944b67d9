import { afterAll, beforeAll, expect, test } from 'vitest'
import { AppError } from '../../src/core/index.ts'
import { decodeImage, type Picture, readLfw } from '../../src/data/index.ts'
import { evaluateFaces, type Faces, openFaces } from '../../src/verification/index.ts'
import { realFile } from '../support/real-data.ts'

const real = realFile('data', 'lfw')
let faces: Faces | undefined
beforeAll(async () => {
  try {
    faces = await openFaces({ env: process.env })
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'Unavailable')) throw error
    process.stderr.write(`skipped: the networks for faces (${error.message})\n`)
  }
})
afterAll(() => faces?.close())

/** Two pictures of one height beside one another. */
function beside(a: Picture, b: Picture): Picture {
  const width = a.width + b.width
  const data = new Uint8Array(width * a.height * 3)
  for (let row = 0; row < a.height; row++) {
    data.set(a.data.subarray(3 * row * a.width, 3 * (row + 1) * a.width), 3 * row * width)
    data.set(
      b.data.subarray(3 * row * b.width, 3 * (row + 1) * b.width),
      3 * (row * width + a.width),
    )
  }
  return { width, height: a.height, data }
}

test.skipIf(real.missing)('pairs of faces are told apart', async () => {
  if (faces === undefined) return
  const { train, test } = await readLfw(real.path)
  const every = <T>(list: readonly T[], step: number) => list.filter((_, i) => i % step === 0)
  const report = await evaluateFaces(faces, { train: every(train, 44), test: every(test, 20) })
  expect(report).toMatchObject({ trainPairs: 50, testPairs: 50, droppedPairs: 0 })
  expect(report.accuracy).toBeGreaterThan(0.9)
  expect(report.auc).toBeGreaterThan(0.97)
})

test.skipIf(real.missing)('one face, two faces and none', async () => {
  if (faces === undefined) return
  const [pair] = (await readLfw(real.path)).test.filter(({ same }) => !same)
  const [a, b] = await Promise.all(pair!.paths.map((path) => decodeImage(path)))
  const one = await faces.look(a!)
  expect(one).toMatchObject({ kind: 'face' })
  if (one.kind === 'face') {
    expect(one.vector).toHaveLength(1024)
    expect(Math.hypot(...one.vector)).toBeCloseTo(1, 5)
    const { rightEye, leftEye, mouth } = one.face.landmarks
    expect(leftEye.x - rightEye.x).toBeGreaterThan(20)
    expect(mouth.y).toBeGreaterThan(leftEye.y)
  }
  const two = await faces.look(beside(a!, b!))
  expect(two).toMatchObject({ kind: 'several-faces', faces: [{}, {}] })
  const data = Uint8Array.from({ length: 90_000 }, (_, i) => (i * 7919) % 256)
  expect(await faces.look({ width: 300, height: 100, data })).toEqual({ kind: 'no-face' })
})

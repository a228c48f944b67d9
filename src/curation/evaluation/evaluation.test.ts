import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runVitrine } from '../../../tests/support/run-vitrine.ts'
import { writeUntrainedModel } from '../../../tests/support/untrained-model.ts'
import { rngFromSeed } from '../../core/index.ts'
import { decodeImage, fashionSplitOf, type Picture, readFashionSet } from '../../data/index.ts'
import {
  joinEncoders,
  loadPictureEncoder,
  membersOf,
  type PictureEncoder,
} from '../../encoders/index.ts'
import { buildIndex, openIndex, type VectorIndex } from '../../search/index.ts'
import { attributeRetrieval } from './attribute-retrieval.ts'
import { distortPicture } from './distort.ts'
import { evaluateFashion } from './evaluate-fashion.ts'

let folder: string
let encoder: PictureEncoder
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-evaluation-'))
  await writeUntrainedModel(join(folder, 'model'))
  encoder = await loadPictureEncoder(join(folder, 'model'))
  await writeFashion()
})
afterAll(async () => {
  await encoder.close()
  await rm(folder, { recursive: true })
})

/** Sixty products of three colours, each with a stripe of its own grey in a place of its own. */
async function writeFashion(): Promise<void> {
  const images = join(folder, 'fashion', 'images')
  await mkdir(images, { recursive: true })
  const colours = { Red: '#c01818', Green: '#18b018', Blue: '#1828d0' }
  const lines = Object.entries(colours).flatMap(([name], c) =>
    Array.from(
      { length: 20 },
      (_, i) =>
        `${100 * c + i},Men,Apparel,Topwear,Shirts,${name},Fall,2011,Formal,Shirt ${name} ${i}`,
    ),
  )
  for (const [c, background] of Object.values(colours).entries())
    for (let i = 0; i < 20; i++) {
      const grey = 60 + 9 * i
      const stripe = {
        width: 60,
        height: 12,
        channels: 3,
        background: { r: grey, g: grey, b: grey },
      } as const
      await sharp({ create: { width: 60, height: 80, channels: 3, background } })
        .composite([{ input: { create: stripe }, left: 0, top: 10 + 3 * (i % 7) }])
        .png()
        .toFile(join(images, `${100 * c + i}.jpg`)) // told by its content
    }
  const header =
    'id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName'
  await writeFile(join(folder, 'fashion', 'styles.csv'), [header, ...lines].join('\n'))
}

async function withIndex<T>(
  vectors: Readonly<Record<string, readonly number[]>>,
  use: (index: VectorIndex) => Promise<T>,
): Promise<T> {
  const at = await mkdtemp(join(folder, 'index-'))
  await buildIndex(at, {
    encoders: [{ name: 'by hand', dimension: 2, hash: 'x' }],
    pictures: Object.entries(vectors).map(([product, vector]) => ({
      product,
      picture: `${product}.jpg`,
      vector: Float32Array.from(vector),
    })),
  })
  const index = await openIndex(at, { threads: 1 })
  try {
    return await use(index)
  } finally {
    await index.close()
  }
}

test('golden values of leave-one-out retrieval, worked out by hand', async () => {
  // On the circle, in degrees: a 0, b 10, c 30, d 50, e 80, f 170, g 175.
  const degrees = { a: 0, b: 10, c: 30, d: 50, e: 80, f: 170, g: 175 }
  const vectors = Object.fromEntries(
    Object.entries(degrees).map(([name, angle]) => [
      name,
      [Math.cos((angle * Math.PI) / 180), Math.sin((angle * Math.PI) / 180)],
    ]),
  )
  const labels = new Map(Object.entries({ a: 'x', b: 'y', c: 'x', e: 'z', f: 'x', g: 'y' }))
  const figures = await withIndex(vectors, (index) =>
    attributeRetrieval({
      index,
      labels,
      queries: ['a', 'b', 'd', 'e'].map((product) => ({
        product,
        vector: Float32Array.from(vectors[product]!),
      })),
    }),
  )
  // a sees b c d e f: ranks c second, two of five right. b sees a c d e f: g, the only other y, is
  // sixth. d has no label. e sees d c b f a: no other z at all.
  expect(figures).toEqual({
    queries: 3,
    gallery: 6,
    possible: 2 / 3,
    p1: 0,
    p5: 1 / 3,
    shareOf5: 2 / 15,
    // Of six others two, one and none are right: 1 - C(4,5)/C(6,5) = 1, 1 - C(5,5)/C(6,5) = 5/6, 0.
    chanceP5: expect.closeTo((1 + 5 / 6) / 3, 12),
  })
})

test('a distortion keeps size and proportions, follows from the seed, and changes the picture', async () => {
  const picture = await decodeImage(join(folder, 'fashion', 'images', '103.jpg'))
  const distorted = await distortPicture(picture, rngFromSeed(1))
  expect([distorted.width, distorted.height]).toEqual([60, 80])
  expect(await distortPicture(picture, rngFromSeed(1))).toEqual(distorted)
  const other = await distortPicture(picture, rngFromSeed(2))
  expect(distance(other, distorted)).toBeGreaterThan(2)
  expect(distance(picture, distorted)).toBeGreaterThan(2)
})

function distance(a: Picture, b: Picture): number {
  return a.data.reduce((sum, value, i) => sum + Math.abs(value - b.data[i]!), 0) / a.data.length
}

test('on shirts of three colours the nearest are of the same colour, and most are found again', async () => {
  const set = await readFashionSet(join(folder, 'fashion'))
  const asked = set.products.filter((product) => fashionSplitOf(product) === 'test').length
  expect(asked).toBeGreaterThan(2)
  const report = await evaluateFashion({ set, encoder, split: 'test', seed: 1 })
  expect(report.attributes).toMatchObject({
    queries: asked,
    gallery: 59,
    possible: 1,
    p1: 1,
    p5: 1,
  })
  expect(report.attributes.shareOf5).toBeGreaterThan(0.8)
  expect(report.distorted).toMatchObject({ queries: asked, gallery: 60 })
  expect(report.distorted.p10).toBeGreaterThan(10 / 60) // what guessing would give
  expect(report.distorted.p10).toBeGreaterThanOrEqual(report.distorted.p1)
  expect(await evaluateFashion({ set, encoder, split: 'test', seed: 1 })).toEqual(report)
}, 60_000)

test('several encoders count by their weights', async () => {
  await writeUntrainedModel(join(folder, 'other'), { seed: 2 })
  const set = await readFashionSet(join(folder, 'fashion'))
  const asked = { set, split: 'test', seed: 1 } as const
  const both = joinEncoders([encoder, await loadPictureEncoder(join(folder, 'other'))])
  const [, other] = membersOf(both)
  const report = await evaluateFashion({ ...asked, encoder: both, weights: { [other!.name]: 1 } })
  expect(report).toEqual(await evaluateFashion({ ...asked, encoder: other! }))
  expect(report).not.toEqual(await evaluateFashion({ ...asked, encoder: both }))
  await other!.close()
}, 60_000)

test('vitrine eval prints both tables, and counts what was skipped', async () => {
  await writeFile(join(folder, 'fashion', 'images', '7.jpg'), 'text')
  const args = ['eval', '--data', 'fashion', '--model', 'model']
  const { exitCode, stdout } = await runVitrine(args, { cwd: folder })
  expect(exitCode).toBe(10)
  expect(stdout).toMatch(/same type and colour +\d+ +58 /)
  expect(stdout).toMatch(/itself, by a distorted photo +\d+ +59 /)
  expect(stdout).toMatch(/Skipped 1, the first: .*7\.jpg: is text, wanted a JPEG/)
}, 60_000)

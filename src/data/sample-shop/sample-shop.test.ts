import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { rngFromSeed } from '../../core/index.ts'
import { readCatalogue } from '../catalogue-reader.ts'
import type { Picture } from '../picture.ts'
import { type Box, cropPicture } from '../resize.ts'
import { openVideo } from '../video-reader.ts'
import { makeSampleShop } from './make-sample-shop.ts'
import { type ColourName, palette, type Rgb } from './palette.ts'
import { designProducts } from './product-design.ts'
import { readSampleShop, type SampleShop } from './read-sample-shop.ts'

const pictures = { products: 3, views: 2, wild: 1, video: false }

let root: string
let shop: SampleShop
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'vitrine-shop-'))
  shop = await makeSampleShop(join(root, 'filmed'), { seed: 3, products: 6 })
})
afterAll(() => rm(root, { recursive: true }))

test('its catalogue is one that anyone could have written', async () => {
  const { products, skipped } = await readCatalogue(shop.cataloguePath)
  expect(skipped).toEqual([])
  expect(products).toHaveLength(6)
  expect(new Set(products.map(({ title }) => title)).size).toBe(6)
  for (const { attributes, pictures } of products) {
    expect(Object.keys(attributes)).toEqual(['kind', 'colour', 'pattern'])
    expect(pictures).toHaveLength(3)
    for (const { path } of pictures) {
      const { format, width, height } = await sharp(path).metadata()
      expect([format, width, height]).toEqual(['jpeg', 288, 288])
    }
  }
})

test('every wild photo shows a product of the catalogue, two of each', async () => {
  const ids = (await readCatalogue(shop.cataloguePath)).products.map(({ id }) => id)
  expect(shop.wild.map(({ productId }) => productId)).toEqual(ids.flatMap((id) => [id, id]))
  for (const { path } of shop.wild) {
    const { width, height } = await sharp(path).metadata()
    expect(Math.min(width, height)).toBeGreaterThanOrEqual(256)
  }
  const csv = await readFile(join(shop.folder, 'wild.csv'), 'utf8')
  expect(csv.split('\n').slice(0, 2)).toEqual(['image,product', `wild/${ids[0]}-1.jpg,${ids[0]}`])
})

test('boxes lie inside the frame, and what they hold is the product', async () => {
  const { path, appearances } = shop.video!
  const video = await openVideo(path)
  try {
    expect(new Set(appearances.map(({ productId }) => productId)).size).toBe(6)
    expect(appearances.at(-1)!.timeSeconds).toBeLessThan(video.durationSeconds)
    for (const { box } of appearances) {
      expect(Math.min(box.x, box.y)).toBeGreaterThanOrEqual(0)
      expect(box.x + box.width).toBeLessThanOrEqual(video.width)
      expect(box.y + box.height).toBeLessThanOrEqual(video.height)
      expect(Math.min(box.width, box.height)).toBeGreaterThan(30)
    }
    for (const { id, main, accent } of designProducts(6, rngFromSeed(3).fork('designs'))) {
      const own = appearances.filter(({ productId }) => productId === id)
      for (const { timeSeconds, box } of [own[0]!, own[own.length >> 1]!, own.at(-1)!]) {
        const frame = await video.frameAt(timeSeconds)
        const share = (part: Box): number =>
          bright([main, accent]).reduce(
            (sum, colour) => sum + shareOfHue(cropPicture(frame, part), palette[colour]),
            0,
          )
        // As large a piece of the same frame above or below: the place it lies on.
        const beside = { ...box, y: box.y > video.height / 2 ? 0 : video.height - box.height }
        expect(share(box), `${id} at ${timeSeconds}`).toBeGreaterThan(0.2)
        expect(share(box), `${id} at ${timeSeconds}`).toBeGreaterThan(1.3 * share(beside))
      }
    }
  } finally {
    await video.close()
  }
})

test('the same seed makes the same bytes, another seed another shop', async () => {
  const [first, again, other] = await Promise.all(
    [7, 7, 8].map((seed, i) => makeSampleShop(join(root, `seed ${i}`), { ...pictures, seed })),
  )
  const files = ['products.csv', 'images/p0001-1.jpg', 'images/p0003-2.jpg', 'wild/p0002-1.jpg']
  for (const name of files) {
    const [a, b, c] = await Promise.all(
      [first, again, other].map((made) => readFile(join(made!.folder, name))),
    )
    expect(a!.equals(b!)).toBe(true)
    expect(a!.equals(c!)).toBe(false)
  }
  expect(first!.video).toBeUndefined()
})

test('a shop that stands is used again; a broken or another one is made anew', async () => {
  const folder = join(root, 'kept')
  const made = async (seed: number): Promise<number> => {
    await makeSampleShop(folder, { ...pictures, seed, products: 1 })
    return (await stat(join(folder, 'shop.json'))).ino
  }
  const first = await made(1)
  expect(await made(1)).toBe(first)
  await rm(join(folder, 'wild', 'p0001-1.jpg'))
  const mended = await made(1)
  expect(mended).not.toBe(first)
  expect(await readdir(join(folder, 'wild'))).toEqual(['p0001-1.jpg'])
  expect(await made(2)).not.toBe(mended)
})

test("somebody's folder is never written over", async () => {
  const folder = join(root, 'theirs')
  await mkdir(folder)
  await writeFile(join(folder, 'thesis.txt'), 'years of work')
  await expect(makeSampleShop(folder, pictures)).rejects.toMatchObject({
    code: 'Conflict',
    message: expect.stringContaining('thesis.txt'),
  })
  expect(await readdir(folder)).toEqual(['thesis.txt'])
})

test('stopped half-way, it leaves nothing', async () => {
  const controller = new AbortController()
  const folder = join(root, 'stopped', 'shop')
  const making = makeSampleShop(folder, {
    ...pictures,
    signal: controller.signal,
    progress: () => controller.abort(),
    products: 30,
  })
  await expect(making).rejects.toMatchObject({ code: 'Cancelled' })
  expect(await readdir(join(root, 'stopped'))).toEqual([])
})

test('impossible numbers and missing or damaged shops are one clear line', async () => {
  await expect(makeSampleShop(join(root, 'no'), { products: 0 })).rejects.toThrow(
    /products is 0; give a whole number from 1/,
  )
  await expect(readSampleShop(join(root, 'nowhere'))).rejects.toMatchObject({ code: 'NotFound' })
  const broken = join(root, 'broken')
  await mkdir(broken)
  await writeFile(join(broken, 'shop.json'), '{"version":')
  await expect(readSampleShop(broken)).rejects.toMatchObject({ code: 'InvalidInput' })
})

/** Colours that are not near grey: grey may be anything in another light. */
const bright = (names: readonly ColourName[]): ColourName[] =>
  names.filter((name) => Math.max(...palette[name]) - Math.min(...palette[name]) > 60)

/** How much of a picture has this colour, whatever the light: by its shares of red, green and blue. */
function shareOfHue({ data }: Picture, colour: Rgb): number {
  const shares = (rgb: readonly number[]) => rgb.map((v) => v / (rgb[0]! + rgb[1]! + rgb[2]! + 1))
  const wanted = shares(colour)
  let alike = 0
  for (let at = 0; at < data.length; at += 3) {
    const got = shares([data[at]!, data[at + 1]!, data[at + 2]!])
    if (got.every((share, i) => Math.abs(share - wanted[i]!) < 0.1)) alike++
  }
  return alike / (data.length / 3)
}

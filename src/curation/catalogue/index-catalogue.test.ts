import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { truncatedJpeg } from '../../../tests/support/bad-files.ts'
import { colourPicture, writeSmallShop } from '../../../tests/support/small-shop.ts'
import { writeUntrainedModel } from '../../../tests/support/untrained-model.ts'
import { type Catalogue, decodeImage, readCatalogue } from '../../data/index.ts'
import { loadPictureEncoder, type PictureEncoder } from '../../encoders/index.ts'
import { type IndexReport, indexCatalogue } from './index-catalogue.ts'
import { openCatalogue } from './search-catalogue.ts'

let root: string
let encoder: PictureEncoder
let stranger: PictureEncoder
let work: string // fresh for every test
let shop: string
let folder: string
let tests = 0

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'vitrine-catalogue-'))
  for (const seed of [1, 2]) await writeUntrainedModel(join(root, `model-${seed}`), { seed })
  encoder = await loadPictureEncoder(join(root, 'model-1'), { threads: 1 })
  stranger = await loadPictureEncoder(join(root, 'model-2'), { threads: 1 })
})
afterAll(async () => {
  await encoder.close()
  await stranger.close()
  await rm(root, { recursive: true })
})
beforeEach(async () => {
  work = join(root, `work-${tests++}`)
  shop = await writeSmallShop(work)
  folder = join(work, 'index')
})

const run = async (more: { update?: boolean; signal?: AbortSignal } = {}): Promise<IndexReport> =>
  indexCatalogue({ catalogue: await readCatalogue(shop), encoder, folder, ...more })

/** What each picture of the shop finds first, as `product title`. */
async function answers(): Promise<Record<string, string>> {
  const opened = await openCatalogue(folder, { encoder, threads: 1 })
  try {
    const found: Record<string, string> = {}
    for (const { id, pictures } of (await readCatalogue(shop)).products) {
      const queries = [await decodeImage(pictures[0]!.path)]
      const [hits] = await opened.search({ queries, top: 1 })
      found[id] = `${hits![0]!.product} ${hits![0]!.title}`
    }
    return found
  } finally {
    await opened.close()
  }
}

test('a catalogue is indexed and found again, with the titles it has', async () => {
  const report = await run()
  expect(report).toMatchObject({
    products: 5,
    pictures: 10,
    encoded: 10,
    kept: 0,
    removed: 0,
    skippedCount: 0,
  })
  expect(await answers()).toEqual({
    red: 'red red',
    green: 'green green',
    blue: 'blue blue',
    yellow: 'yellow yellow',
    black: 'black black',
  })
})

test('a picture is listed for itself when asked', async () => {
  await run()
  const opened = await openCatalogue(folder, { encoder, threads: 1 })
  const queries = [await decodeImage(join(shop, 'red', '1.png'))]
  const [pictures] = await opened.search({ queries, top: 2, by: 'picture' })
  const [products] = await opened.search({ queries, top: 2 })
  await opened.close()
  expect(pictures!.map(({ picture }) => picture)).toEqual([
    join(shop, 'red', '1.png'),
    join(shop, 'red', '0.png'),
  ])
  expect(pictures![0]!.score).toBeCloseTo(1, 5)
  expect(products![1]!.product).not.toBe('red')
})

test('what cannot be read is reported and the rest is indexed', async () => {
  await writeFile(join(shop, 'red', '0.png'), await truncatedJpeg())
  await writeFile(join(shop, 'green', '0.png'), 'text')
  await writeFile(join(shop, 'green', '1.png'), '')
  const report = await run()
  expect(report).toMatchObject({ products: 4, pictures: 7, skippedCount: 4 })
  expect(report.skipped).toEqual([
    { place: join(shop, 'green', '0.png'), reason: expect.stringMatching(/^is text, wanted/) },
    { place: join(shop, 'green', '1.png'), reason: expect.stringMatching(/^the file is empty/) },
    { place: join(shop, 'red', '0.png'), reason: expect.stringMatching(/cut off or damaged/) },
    { place: 'product "green"', reason: 'none of its 2 pictures can be read; left out' },
  ])
})

test('an index where nothing can be read is not made, and the old one stays', async () => {
  await run()
  const before = await readdir(folder)
  const products = [
    {
      id: 'a',
      title: 'A',
      attributes: {},
      pictures: [{ path: join(work, 'gone.jpg'), kind: 'catalogue' }],
    },
  ] as const
  const catalogue: Catalogue = { name: 'gone', products, skipped: [] }
  await expect(indexCatalogue({ catalogue, encoder, folder })).rejects.toThrow(
    /gone: none of its 1 pictures can be read \(first: .*gone\.jpg: no such picture file/,
  )
  expect(await readdir(folder)).toEqual(before)
  expect((await answers()).red).toBe('red red')
})

test('an update encodes what is new, forgets what is gone and sees what was changed', async () => {
  await run()
  expect(await run({ update: true })).toMatchObject({ encoded: 0, kept: 10, removed: 0 })

  await writeFile(join(shop, 'blue', '2.png'), await colourPicture('blue', 2))
  await mkdir(join(shop, 'grey'))
  await writeFile(join(shop, 'grey', '0.png'), await colourPicture('black', 3))
  expect(await run({ update: true })).toMatchObject({ encoded: 2, kept: 10, removed: 0 })

  await rm(join(shop, 'yellow'), { recursive: true })
  expect(await run({ update: true })).toMatchObject({ encoded: 0, kept: 10, removed: 2 })
  await rm(join(shop, 'blue', '0.png'))
  expect(await run({ update: true })).toMatchObject({ encoded: 2, kept: 7, removed: 1 })

  await writeFile(join(shop, 'red', '0.png'), await colourPicture('yellow'))
  await writeFile(join(shop, 'red', '1.png'), await colourPicture('yellow', 1))
  expect(await run({ update: true })).toMatchObject({ encoded: 2, kept: 7, removed: 0 })
  // A touched file counts as changed: sizes and times are all that is looked at.
  await utimes(join(shop, 'green', '0.png'), 1, 1)
  expect(await run({ update: true })).toMatchObject({ encoded: 2, kept: 7, pictures: 9 })

  expect((await run()).pictures).toBe(9)
  const anew = await answers()
  expect(anew).toMatchObject({ red: 'red red', blue: 'blue blue', grey: 'grey grey' })
  await run({ update: true })
  expect(await answers()).toEqual(anew)
})

test('an update without an index makes one, and refuses that of another encoder', async () => {
  expect(await run({ update: true })).toMatchObject({ encoded: 10, kept: 0 })
  const catalogue = await readCatalogue(shop)
  await expect(
    indexCatalogue({ catalogue, encoder: stranger, folder, update: true }),
  ).rejects.toMatchObject({
    code: 'Conflict',
    message: expect.stringMatching(/made by the encoder untrained-1 .*got untrained-2/),
  })
  await expect(openCatalogue(folder, { encoder: stranger })).rejects.toMatchObject({
    code: 'Conflict',
  })
  expect(await indexCatalogue({ catalogue, encoder: stranger, folder })).toMatchObject({
    encoded: 10,
  })
})

test('work that is stopped leaves the old index and nothing else', async () => {
  await run()
  const before = await readdir(folder)
  await writeFile(join(shop, 'red', '2.png'), await colourPicture('red', 2))
  for (const update of [false, true]) {
    const stop = new AbortController()
    const progress = (): void => stop.abort()
    const catalogue = await readCatalogue(shop)
    await expect(
      indexCatalogue({ catalogue, encoder, folder, update, progress, signal: stop.signal }),
    ).rejects.toMatchObject({ code: 'Cancelled' })
    expect((await answers()).red).toBe('red red')
    const left = (await readdir(folder)).filter((name) => !name.startsWith('products-'))
    expect(left).toEqual(before.filter((name) => !name.startsWith('products-')))
  }
  expect(await run({ update: true })).toMatchObject({ encoded: 1, kept: 10 })
})

test('old products files do not pile up, and a lost one is damage that names the remedy', async () => {
  for (let i = 2; i < 6; i++) {
    await writeFile(join(shop, 'red', `${i}.png`), await colourPicture('red', i))
    await run({ update: true })
  }
  const files = (await readdir(folder)).filter((name) => name.startsWith('products-'))
  expect(files.length).toBeLessThanOrEqual(2)
  for (const file of files) await rm(join(folder, file))
  await expect(openCatalogue(folder, { encoder })).rejects.toThrow(
    /products-\w+\.jsonl: is missing.*vitrine index/,
  )
  // Without stamps nothing is known to be unchanged.
  expect(await run({ update: true })).toMatchObject({ encoded: 14, kept: 0, removed: 0 })
  expect((await answers()).red).toBe('red red')
})

test('two products with one id are refused', async () => {
  const catalogue = await readCatalogue(shop)
  const [first] = catalogue.products
  const doubled = { ...catalogue, products: [first!, first!] }
  await expect(indexCatalogue({ catalogue: doubled, encoder, folder })).rejects.toMatchObject({
    code: 'Conflict',
  })
})

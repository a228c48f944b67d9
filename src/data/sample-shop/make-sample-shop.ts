import { randomUUID } from 'node:crypto'
import { mkdir, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import {
  invalidInput,
  type Progress,
  type Rng,
  rngFromSeed,
  silent,
  throwIfAborted,
} from '../../core/index.ts'
import { writeVideo } from '../video-writer.ts'
import { catalogueViews } from './catalogue-views.ts'
import { isKeptShop } from './kept-shop.ts'
import { designProducts, type ProductDesign } from './product-design.ts'
import {
  pictureName,
  readSampleShop,
  SAMPLE_SHOP_VERSION,
  type SampleShop,
  type ShopRecord,
} from './read-sample-shop.ts'
import { catalogueCsv, wildCsv } from './shop-tables.ts'
import { type Appearance, shopVideo, shopVideoFrames } from './shop-video.ts'
import { wildPhoto } from './wild-photo.ts'

/** Which shop to make. */
export interface SampleShopOptions {
  /** Another seed is another shop: train on some, keep others unseen. 1 unless told. */
  readonly seed?: number
  /** 120 unless told, at most 9999. */
  readonly products?: number
  /** Studio pictures of each product, 3 unless told. */
  readonly views?: number
  /** Photos of each product to search with, 2 unless told. */
  readonly wild?: number
  /** Whether to film it too; true unless told. */
  readonly video?: boolean
  readonly progress?: Progress
  readonly signal?: AbortSignal | undefined
}

const MOST_PRODUCTS_FILMED = 12
/** Sharp draws in its own threads; this keeps them busy while JavaScript paints. */
const AT_ONCE = 4

/**
 * Makes a shop of invented products by code, the same for the same seed, and writes it to a folder:
 *
 *   products.csv   id, title, kind, colour, pattern, images
 *   images/        studio pictures: front, turned, close up
 *   wild/, wild.csv  photos as shoppers take them, and which product each shows
 *   video.mp4, video.json  products in motion, and their exact boxes in every frame
 *   shop.json      what it was made from
 *
 * A folder that holds this very shop is left as it is. The shop appears whole or not at all.
 * @throws Conflict when the folder holds anything else, InvalidInput for impossible numbers
 */
export async function makeSampleShop(
  folder: string,
  options: SampleShopOptions = {},
): Promise<SampleShop> {
  const { progress = silent, signal } = options
  const { seed = 1, products = 120, views = 3, wild = 2, video = true } = options
  assertCounts({ seed, products, views, wild })
  const rng = rngFromSeed(seed)
  const designs = designProducts(products, rng.fork('designs'))
  const record: ShopRecord = {
    version: SAMPLE_SHOP_VERSION,
    ...{ seed, products, views, wild, video },
    productIds: designs.map(({ id }) => id),
  }
  if (await isKeptShop(folder, record)) return readSampleShop(folder)

  await mkdir(dirname(folder), { recursive: true })
  const temporary = `${folder}.${randomUUID().slice(0, 8)}.tmp`
  try {
    await mkdir(join(temporary, 'images'), { recursive: true })
    await mkdir(join(temporary, 'wild'))
    await writePictures({ folder: temporary, designs, record, rng, progress, signal })
    if (video) await writeShopVideo({ folder: temporary, designs, rng, progress, signal })
    await writeFile(join(temporary, 'products.csv'), catalogueCsv(designs, views))
    await writeFile(join(temporary, 'wild.csv'), wildCsv(designs, wild))
    await writeFile(join(temporary, 'shop.json'), `${JSON.stringify(record)}\n`)
    await rm(folder, { recursive: true, force: true }) // empty, or another sample shop
    await rename(temporary, folder)
  } catch (error) {
    await rm(temporary, { recursive: true, force: true })
    throw error
  }
  return readSampleShop(folder)
}

interface Work {
  readonly folder: string
  readonly designs: readonly ProductDesign[]
  readonly rng: Rng
  readonly progress: Progress
  readonly signal: AbortSignal | undefined
}

async function writePictures(work: Work & { readonly record: ShopRecord }): Promise<void> {
  const { folder, designs, record, rng, progress, signal } = work
  // Forked before any picture is drawn, so that the order in which they finish changes nothing.
  const jobs = designs.map((design) => ({ design, rng: rng.fork(design.id) }))
  let done = 0
  const worker = async (): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) {
      throwIfAborted(signal, 'sample shop')
      const { design } = job
      const studio = await catalogueViews(design, record.views, job.rng.fork('studio'))
      for (const [i, bytes] of studio.entries()) {
        await writeFile(join(folder, 'images', pictureName(design.id, i)), bytes)
      }
      const others = designs.length > 1 ? designs.filter((other) => other !== design) : designs
      for (let i = 0; i < record.wild; i++) {
        const bytes = await wildPhoto(design, others, job.rng.fork(`wild ${i}`))
        await writeFile(join(folder, 'wild', pictureName(design.id, i)), bytes)
      }
      done++
      progress({ task: 'Making the sample shop', done, total: designs.length, unit: 'products' })
    }
  }
  // All have stopped writing before the first failure is passed on: the folder is then removed.
  const ended = await Promise.allSettled(Array.from({ length: AT_ONCE }, worker))
  for (const one of ended) if (one.status === 'rejected') throw one.reason
}

async function writeShopVideo({ folder, designs, rng, progress, signal }: Work): Promise<void> {
  const actors = rng.fork('actors').shuffle(designs).slice(0, MOST_PRODUCTS_FILMED)
  const scenes = Math.ceil(actors.length / shopVideo.productsPerScene)
  const total = scenes * shopVideo.secondsPerScene * shopVideo.framesPerSecond
  const appearances: Appearance[] = []
  const frames = shopVideoFrames(actors, { rng: rng.fork('video'), appearances, signal })
  async function* counted() {
    let done = 0
    for await (const frame of frames) {
      yield frame
      progress({ task: 'Filming the sample shop', done: ++done, total, unit: 'frames' })
    }
  }
  const { framesPerSecond } = shopVideo
  await writeVideo(join(folder, 'video.mp4'), counted(), { framesPerSecond, signal })
  await writeFile(join(folder, 'video.json'), `${JSON.stringify(appearances)}\n`)
}

function assertCounts(counts: Record<'seed' | 'products' | 'views' | 'wild', number>): void {
  const limits = {
    seed: [-(2 ** 31), 2 ** 31 - 1],
    products: [1, 9999],
    views: [1, 99],
    wild: [0, 99],
  }
  for (const [name, [low, high]] of Object.entries(limits) as [keyof typeof counts, number[]][]) {
    const value = counts[name]
    if (Number.isInteger(value) && value >= low! && value <= high!) continue
    throw invalidInput(
      `sample shop: ${name} is ${value}; give a whole number from ${low} to ${high}`,
    )
  }
}

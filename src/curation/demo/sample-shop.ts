import { mkdir, readdir, rm, stat } from 'node:fs/promises'
import { basename, join } from 'node:path'
import {
  type Appearance,
  cropPicture,
  makeSampleShop,
  openVideo,
  readCatalogue,
  type SampleShop,
} from '../../data/index.ts'
import { queryDecodeSide } from '../catalogue/encode.ts'
import type { DemoQuery } from './measure.ts'
import { type DemoContext, type DemoPart, runPart } from './part.ts'
import { photoQueries } from './photos.ts'

/** What {@link sampleShopDemo} takes. */
export interface SampleShopDemoOptions extends DemoContext {
  /** Where shop and index go. */
  readonly folder: string
  readonly products: number
}

/** A search of the sample shop as a person could type it. */
export interface SampleQuery {
  readonly index: string
  readonly photo: string
  readonly video: string
  /** In seconds. */
  readonly time: string
  /** `x,y,width,height` */
  readonly box: string
}

/** Every so often a frame of the video is searched, with every product in it. */
const everySeconds = 0.5

/** Makes the sample shop, or takes the one that is there, and searches it. */
export async function sampleShopDemo(
  options: SampleShopDemoOptions,
): Promise<{ readonly part: DemoPart; readonly sample: SampleQuery }> {
  const { folder, products, ...context } = options
  const { encoder, progress, signal } = context
  const startedAt = performance.now()
  await mkdir(folder, { recursive: true })
  await removeLeftovers(folder)
  const shop = await makeSampleShop(join(folder, 'shop'), {
    products,
    ...(progress === undefined ? {} : { progress }),
    signal,
  })
  const seconds = (performance.now() - startedAt) / 1000
  const index = join(folder, 'index')
  const photos = shop.wild.map(({ path, productId }) => ({ path, product: productId }))
  const longestSide = queryDecodeSide(encoder)
  const shown = shownBoxes(shop)
  const part = await runPart({
    ...context,
    name: 'Sample shop',
    galleries: [
      {
        name: 'catalogue pictures',
        catalogue: await readCatalogue(shop.cataloguePath),
        folder: index,
      },
    ],
    queries: [
      {
        name: 'wild photos',
        total: photos.length,
        make: () => photoQueries(photos, { longestSide }),
      },
      {
        name: 'boxes on video frames',
        total: shown.length,
        make: () => boxQueries(shop, signal),
      },
    ],
  })
  return {
    part: { ...part, stages: [{ name: 'make the shop', seconds }, ...part.stages] },
    sample: sampleQuery(shop, index),
  }
}

/** The boxes on those frames that are searched. */
function shownBoxes({ video }: SampleShop): readonly Appearance[] {
  return (video?.appearances ?? []).filter(({ timeSeconds }) => frameNumber(timeSeconds) >= 0)
}

/** Which of the searched frames begins at a time; -1 for none. */
function frameNumber(timeSeconds: number): number {
  const number = Math.round(timeSeconds / everySeconds)
  return Math.abs(number * everySeconds - timeSeconds) < 1e-6 ? number : -1
}

/** Every product of every searched frame, cut out of it. */
async function* boxQueries(shop: SampleShop, signal?: AbortSignal): AsyncGenerator<DemoQuery> {
  if (shop.video === undefined) return
  const name = basename(shop.video.path)
  const onFrame = Map.groupBy(shownBoxes(shop), ({ timeSeconds }) => frameNumber(timeSeconds))
  const video = await openVideo(shop.video.path, { signal })
  try {
    for await (const { timeSeconds, picture: whole } of video.frames({ everySeconds }))
      for (const { box, productId } of onFrame.get(frameNumber(timeSeconds)) ?? [])
        yield {
          picture: cropPicture(whole, box),
          whole,
          box,
          caption: `${name} at ${timeSeconds.toFixed(1)} s`,
          truth: productId,
        }
  } finally {
    await video.close()
  }
}

function sampleQuery(shop: SampleShop, index: string): SampleQuery {
  const { timeSeconds, box } = shownBoxes(shop)[0]!
  return {
    index,
    photo: shop.wild[0]!.path,
    video: shop.video!.path,
    time: String(timeSeconds),
    box: [box.x, box.y, box.width, box.height].join(','),
  }
}

/** Removes what killed runs left half-made; an hour old, so that no living run is disturbed. */
async function removeLeftovers(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!/^shop\.[0-9a-f]{8}\.tmp$/.test(name)) continue
    const path = join(folder, name)
    const age = Date.now() - (await stat(path).then(({ mtimeMs }) => mtimeMs, Date.now))
    if (age > 3_600_000) await rm(path, { recursive: true, force: true })
  }
}

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { invalidInput, notFound } from '../../core/index.ts'
import type { Appearance } from './shop-video.ts'

/** A sample shop on disk. */
export interface SampleShop {
  readonly folder: string
  /** What {@link readSampleShop} and anyone's catalogue reader take: a CSV of the products. */
  readonly cataloguePath: string
  readonly productCount: number
  /** Photos to search with, and what each shows. */
  readonly wild: readonly { readonly path: string; readonly productId: string }[]
  /** The video and where products are in it; left out where the shop was made without. */
  readonly video?: { readonly path: string; readonly appearances: readonly Appearance[] }
}

/** Changes with everything that changes what is drawn. */
export const SAMPLE_SHOP_VERSION = 1

/** What shop.json holds: all that the shop follows from, and what it holds. */
const shopRecord = z.object({
  version: z.number().int(),
  seed: z.number().int(),
  products: z.number().int(),
  views: z.number().int(),
  wild: z.number().int(),
  video: z.boolean(),
  productIds: z.array(z.string().regex(/^p\d+$/)),
})

/** What a shop follows from and what it holds. */
export type ShopRecord = z.infer<typeof shopRecord>

const whole = z.number().int().nonnegative()
const appearance = z.object({
  timeSeconds: z.number().nonnegative(),
  productId: z.string(),
  box: z.object({ x: whole, y: whole, width: whole.min(1), height: whole.min(1) }),
})

/**
 * Opens a shop that makeSampleShop wrote.
 * @throws NotFound where there is none, InvalidInput where its files are damaged
 */
export async function readSampleShop(folder: string): Promise<SampleShop> {
  const record = await readShopRecord(folder)
  const wild = record.productIds.flatMap((productId) =>
    Array.from({ length: record.wild }, (_, i) => ({
      path: join(folder, 'wild', pictureName(productId, i)),
      productId,
    })),
  )
  const shop = {
    folder,
    cataloguePath: join(folder, 'products.csv'),
    productCount: record.products,
    wild,
  }
  if (!record.video) return shop
  const appearances = await readJson(join(folder, 'video.json'), z.array(appearance))
  return { ...shop, video: { path: join(folder, 'video.mp4'), appearances } }
}

/** What a folder says of its shop; throws as {@link readSampleShop} does. */
export function readShopRecord(folder: string): Promise<ShopRecord> {
  return readJson(join(folder, 'shop.json'), shopRecord)
}

/** File name of the i-th picture (from 0) of a product. */
export function pictureName(productId: string, i: number): string {
  return `${productId}-${i + 1}.jpg`
}

async function readJson<T>(path: string, schema: z.ZodType<T>): Promise<T> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (cause) {
    throw notFound(`${path}: no sample shop there; make one first`, { cause })
  }
  try {
    return schema.parse(JSON.parse(text))
  } catch (cause) {
    throw invalidInput(`${path}: damaged; delete the folder and make the shop again`, { cause })
  }
}

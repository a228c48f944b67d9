import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { conflict } from '../../core/index.ts'
import { readShopRecord, type ShopRecord } from './read-sample-shop.ts'

const ourNames = new Set([
  ...['products.csv', 'images', 'wild', 'wild.csv', 'video.mp4', 'video.json', 'shop.json'],
])

/**
 * Whether a folder already holds this very shop, whole. Where it holds nothing, another sample shop or a
 * part of one, the answer is no.
 * @throws Conflict when it holds anything else: that is somebody's, and is not written over
 */
export async function isKeptShop(folder: string, record: ShopRecord): Promise<boolean> {
  const names = await namesIn(folder)
  const foreign = names.find((name) => !ourNames.has(name))
  if (foreign !== undefined) {
    throw conflict(`${folder}: holds ${foreign}; choose an empty folder for the sample shop`)
  }
  if (names.length === 0) return false
  const kept = await readShopRecord(folder).catch(() => undefined)
  if (!isDeepStrictEqual(kept, record)) return false
  const { productIds, views, wild, video } = record
  return (
    (await namesIn(join(folder, 'images'))).length === productIds.length * views &&
    (await namesIn(join(folder, 'wild'))).length === productIds.length * wild &&
    ['products.csv', 'wild.csv', ...(video ? ['video.mp4', 'video.json'] : [])].every((name) =>
      names.includes(name),
    )
  )
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return await readdir(folder)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return []
    throw conflict(`${folder}: not a folder; choose an empty one for the sample shop`, {
      cause: error,
    })
  }
}

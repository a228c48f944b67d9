import { mkdir } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { type Progress, writeFileAtomic } from '../../core/index.ts'
import { fileThumbnails } from '../../data/index.ts'
import type { PictureEncoder } from '../../encoders/index.ts'
import { contactSheetHtml } from '../contact-sheet/contact-sheet.ts'
import { groceryDemo } from './grocery.ts'
import type { DemoPart } from './part.ts'
import { type SampleQuery, sampleShopDemo } from './sample-shop.ts'
import { demoSheet } from './sheet.ts'

/** What {@link runDemo} takes. */
export interface DemoOptions {
  /** Which encoder each shop is searched with. */
  readonly encoders: { readonly sampleShop: PictureEncoder; readonly grocery: PictureEncoder }
  /** Where the sample shop, the indexes and the contact sheet go; used again the next time. */
  readonly folder: string
  /** Products of the sample shop. */
  readonly products: number
  /** The Grocery Store data set, where it is at hand. */
  readonly grocery?: string
  readonly progress?: Progress
  readonly signal?: AbortSignal
}

/** What a demo found. */
export interface DemoReport {
  readonly parts: readonly DemoPart[]
  /** Path of the contact sheet. */
  readonly sheet: string
  /** A search that a person may try next. */
  readonly sample: SampleQuery
  readonly seconds: number
}

/**
 * Makes the sample shop, indexes it, searches it with its wild photos and with boxes on frames of
 * its video, does the same with the Grocery Store data set where there is one, and writes a contact
 * sheet.
 * @throws Conflict when the folder holds a sample shop that the demo did not make; Cancelled
 */
export async function runDemo(options: DemoOptions): Promise<DemoReport> {
  const { encoders, products, grocery, progress, signal } = options
  const folder = resolve(options.folder)
  const startedAt = performance.now()
  const context = {
    thumbnails: fileThumbnails(),
    ...(progress === undefined ? {} : { progress }),
    ...(signal === undefined ? {} : { signal }),
  }
  const { part, sample } = await sampleShopDemo({
    ...context,
    encoder: encoders.sampleShop,
    folder,
    products,
  })
  const parts = [part]
  if (grocery !== undefined)
    parts.push(await groceryDemo({ ...context, encoder: encoders.grocery, data: grocery, folder }))

  const sheet = join(folder, 'contact-sheet.html')
  const settings = parts.map(({ name, encoder }) => {
    const { dimension, pictureSize, hash } = encoder
    const detail = `${encoder.name} (${hash.slice(0, 12)}), ${dimension} values from ${pictureSize} px`
    return [name, detail] as const
  })
  await mkdir(folder, { recursive: true })
  await writeFileAtomic(sheet, contactSheetHtml(demoSheet(parts, settings)))
  return { parts, sheet, sample, seconds: (performance.now() - startedAt) / 1000 }
}

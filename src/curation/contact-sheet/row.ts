import { type Box, type FileThumbnails, type Picture, thumbnailOf } from '../../data/index.ts'
import { firstRightRank } from '../../metrics/index.ts'
import type { CatalogueHit } from '../catalogue/search-catalogue.ts'
import type { SheetRow } from './contact-sheet.ts'

/** A search as a contact sheet is to show it. */
export interface ShownSearch {
  /** The picture or frame that was searched with. */
  readonly whole: Picture
  /** The part of it that was searched with. */
  readonly box?: Box | undefined
  readonly caption: string
  /** All hits, which the rank of the right one is told from. */
  readonly hits: readonly CatalogueHit[]
  /** The right product, where it is known. */
  readonly truth?: { readonly product: string; readonly title: string }
}

/** How rows are made. */
export interface SheetRowOptions {
  readonly thumbnails: FileThumbnails
  /** Hits that a row shows, the first ones; default 5. */
  readonly shown?: number
}

/** A search as a row of a contact sheet. */
export async function sheetRow(
  { whole, box, caption, hits, truth }: ShownSearch,
  { thumbnails, shown = 5 }: SheetRowOptions,
): Promise<SheetRow> {
  const products = hits.map(({ product }) => product)
  return {
    query: { thumbnail: await thumbnailOf(whole, { longestSide: 436, box }), caption },
    hits: await Promise.all(
      hits.slice(0, shown).map(async ({ product, title, score, picture }) => ({
        thumbnail: await thumbnails(picture),
        caption: title,
        score,
        ...(truth === undefined ? {} : { right: product === truth.product }),
      })),
    ),
    ...(truth === undefined
      ? {}
      : {
          rightRank: firstRightRank(products, truth.product),
          rightTitle: truth.title,
          depth: hits.length,
        }),
  }
}

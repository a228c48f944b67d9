import sharp from 'sharp'
import { AppError } from '../core/index.ts'
import { decodeImage } from './decode-image.ts'
import type { Picture } from './picture.ts'
import type { Box } from './resize.ts'

/** A small copy of a picture inside a page. */
export interface Thumbnail {
  /** A `data:` address. */
  readonly source: string
  /** Size in pixels. */
  readonly width: number
  readonly height: number
  /** What is outlined, in shares of width and height. */
  readonly box?: Box
}

const quality = 82

/** A picture as a thumbnail of at most `longestSide` pixels a side. */
export async function thumbnailOf(
  { width, height, data }: Picture,
  {
    longestSide = 320,
    box,
  }: { readonly longestSide?: number; readonly box?: Box | undefined } = {},
): Promise<Thumbnail> {
  const small = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: longestSide, height: longestSide, fit: 'inside', withoutEnlargement: true })
    .jpeg({ quality, mozjpeg: true })
    .toBuffer({ resolveWithObject: true })
  return {
    source: `data:image/jpeg;base64,${small.data.toString('base64')}`,
    width: small.info.width,
    height: small.info.height,
    ...(box === undefined
      ? {}
      : {
          box: {
            x: box.x / width,
            y: box.y / height,
            width: box.width / width,
            height: box.height / height,
          },
        }),
  }
}

/** Gives the thumbnail of a file. */
export type FileThumbnails = (path: string) => Promise<Thumbnail | undefined>

/** Thumbnails of files, each made once; undefined for a file that cannot be read any more. */
export function fileThumbnails(longestSide = 240): FileThumbnails {
  const known = new Map<string, Promise<Thumbnail | undefined>>()
  return (path) => {
    const before = known.get(path)
    if (before !== undefined) return before
    const made = decodeImage(path, { longestSide })
      .then((picture) => thumbnailOf(picture, { longestSide }))
      .catch((error: unknown) => {
        if (error instanceof AppError) return undefined
        throw error
      })
    known.set(path, made)
    return made
  }
}

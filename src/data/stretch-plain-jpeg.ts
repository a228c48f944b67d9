import { FastResizeFilter, ResizeFit, Transformer } from '@napi-rs/image'
import type { Picture } from './picture.ts'
import { plainJpegSize } from './plain-jpeg.ts'

/** Larger pictures are decoded faster by a decoder that shrinks while it decodes. */
const limitPixels = 400_000

/**
 * Decodes a small plain JPEG and stretches it to a square with the triangle filter.
 *
 * It costs a fifth of a sharp pipeline, whose overhead is several times the work in it. It refuses
 * nothing: where it is not sure of the file, another decoder has the word.
 * @param side of the square in pixels
 * @returns undefined when the file is no small plain JPEG or has damage that this decoder sees
 */
export async function stretchPlainJpeg(
  bytes: Uint8Array,
  side: number,
): Promise<Picture | undefined> {
  const size = plainJpegSize(bytes)
  if (size === undefined || size.width * size.height > limitPixels) return undefined
  const { width, height } = size
  const isSquare = width === side && height === side
  try {
    const decoder = new Transformer(bytes)
    if (!isSquare)
      decoder.fastResize({
        width: side,
        height: side,
        filter: FastResizeFilter.Bilinear,
        fit: ResizeFit.Fill,
      })
    const pixels = await decoder.rawPixels()
    const data = isSquare ? pixels : withoutAlpha(pixels, side * side)
    return data.length === side * side * 3 ? { width: side, height: side, data } : undefined
  } catch {
    return undefined
  }
}

/** Resized pictures come as RGBA. */
function withoutAlpha(rgba: Uint8Array, pixels: number): Uint8Array {
  if (rgba.length !== pixels * 4) return rgba
  const data = new Uint8Array(pixels * 3)
  for (let to = 0, from = 0; to < data.length; to += 3, from += 4) {
    data[to] = rgba[from]!
    data[to + 1] = rgba[from + 1]!
    data[to + 2] = rgba[from + 2]!
  }
  return data
}

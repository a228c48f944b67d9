import sharp, { type Sharp } from 'sharp'
import { invalidInput } from '../core/index.ts'
import type { Picture } from './picture.ts'

/** The filters of {@link resizePicture}; when shrinking, each is widened by the factor. */
export type ResizeKernel = 'nearest' | 'linear' | 'cubic' | 'lanczos3'

/** A rectangle in whole pixels from the top left corner. */
export interface Box {
  readonly x: number
  readonly y: number
  readonly width: number
  readonly height: number
}

const longestSidePixels = 16_384

/** A picture as the input of a sharp pipeline, without copying it. */
export function toSharp({ width, height, data }: Picture): Sharp {
  return sharp(data, { raw: { width, height, channels: 3 } })
}

/** Runs a sharp pipeline that keeps three channels. */
export async function fromSharp(pipeline: Sharp): Promise<Picture> {
  const { data, info } = await pipeline.raw().toBuffer({ resolveWithObject: true })
  return { width: info.width, height: info.height, data }
}

/**
 * A picture stretched to another size.
 *
 * The default kernel `linear` is the triangle filter, widened when shrinking so that nothing
 * aliases: bilinear as Pillow has it, but for one or two of 256 levels, as libvips shrinks by whole
 * factors first.
 * @throws InvalidInput when a side is not a whole number from 1 to 16384
 */
export async function resizePicture(
  picture: Picture,
  width: number,
  height: number,
  kernel: ResizeKernel = 'linear',
): Promise<Picture> {
  for (const side of [width, height])
    if (!(Number.isInteger(side) && side >= 1 && side <= longestSidePixels))
      throw invalidInput(
        `resizePicture: size ${width} x ${height}, both must be whole numbers from 1 to ${longestSidePixels}`,
      )
  if (picture.width === width && picture.height === height) return picture
  return fromSharp(toSharp(picture).resize({ width, height, fit: 'fill', kernel }))
}

/**
 * The part of a picture inside a box.
 * @throws InvalidInput when the box is not made of whole numbers or leaves the picture
 */
export function cropPicture(picture: Picture, { x, y, width, height }: Box): Picture {
  const whole = [x, y, width, height].every(Number.isInteger)
  const inside = x >= 0 && y >= 0 && x + width <= picture.width && y + height <= picture.height
  if (!whole || !inside || width < 1 || height < 1)
    throw invalidInput(
      `cropPicture: box ${x},${y} of ${width} x ${height}, it must lie inside the picture of ${picture.width} x ${picture.height} pixels; give whole x, y, width, height`,
    )
  const data = new Uint8Array(width * height * 3)
  for (let row = 0; row < height; row++) {
    const start = ((y + row) * picture.width + x) * 3
    data.set(picture.data.subarray(start, start + width * 3), row * width * 3)
  }
  return { width, height, data }
}

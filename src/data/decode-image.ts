import sharp from 'sharp'
import { type AppError, invalidInput, messageOf } from '../core/index.ts'
import { readWholeFile } from './open-file.ts'
import type { Picture } from './picture.ts'
import { readableFormats, sniff } from './sniff.ts'
import { stretchPlainJpeg } from './stretch-plain-jpeg.ts'

/** The largest picture file that is read. */
export const pictureFileLimitBytes = 64 * 2 ** 20
/** The most pixels a picture may claim to have. */
export const pictureLimitPixels = 100_000_000
const decodeLimitSeconds = 30

/** Options of {@link decodeImage}. */
export interface DecodeOptions {
  /**
   * Shrink so that the longer side has at most this many pixels; never enlarges. JPEG and WebP
   * files are then decoded at reduced size, which is faster than decoding them whole.
   */
  readonly longestSide?: number
  /**
   * Stretch to a square of this many pixels a side instead, with the triangle filter. Small plain
   * JPEG files then go through a faster decoder, whose values may differ by a few steps of 255.
   */
  readonly square?: number
  /** What messages call bytes that come from no file; default `picture`. */
  readonly name?: string
}

/**
 * Decodes a picture file, or the bytes of one, to 8-bit sRGB.
 *
 * The EXIF orientation is applied, an embedded colour profile converted, transparency laid on
 * white, grey and CMYK turned into RGB, 16 bits into 8; of an animation the first frame is taken.
 * The format is told by the content before any decoder sees it, and the number of pixels by the
 * header before any is decoded.
 * @throws NotFound when the file does not exist
 * @throws InvalidInput, naming the file, when it is no JPEG, PNG, WebP, GIF or AVIF picture, is cut
 *   off, damaged or too large
 */
export async function decodeImage(
  source: string | Uint8Array,
  options: DecodeOptions = {},
): Promise<Picture> {
  for (const name of ['longestSide', 'square'] as const) {
    const pixels = options[name]
    if (pixels !== undefined && !(Number.isInteger(pixels) && pixels > 0))
      throw invalidInput(
        `decodeImage: ${name} is ${pixels}, it must be a whole number of pixels above 0`,
      )
  }
  const place = typeof source === 'string' ? source : (options.name ?? 'picture')
  const bytes = typeof source === 'string' ? await readPicture(source) : checkedBytes(source, place)
  const { format, description } = sniff(bytes)
  if (format === undefined)
    throw invalidInput(
      `${place}: is ${description}, wanted a ${readableFormats} picture; convert it to one`,
    )
  try {
    const { square } = options
    const plain = square === undefined ? undefined : await stretchPlainJpeg(bytes, square)
    return plain ?? (await decode(bytes, options))
  } catch (error) {
    throw await explain(place, description, bytes, error)
  }
}

const readPicture = (path: string) =>
  readWholeFile(path, { what: 'picture', limitBytes: pictureFileLimitBytes })

function checkedBytes(bytes: Uint8Array, place: string): Uint8Array {
  if (bytes.length === 0) throw invalidInput(`${place}: no bytes, wanted a picture; send it again`)
  if (bytes.length > pictureFileLimitBytes)
    throw invalidInput(
      `${place}: ${bytes.length} bytes, a picture may have ${pictureFileLimitBytes}; make it smaller`,
    )
  return bytes
}

async function decode(bytes: Uint8Array, { longestSide, square }: DecodeOptions): Promise<Picture> {
  let pipeline = sharp(bytes, {
    failOn: 'error',
    limitInputPixels: pictureLimitPixels,
  }).autoOrient()
  if (square !== undefined)
    pipeline = pipeline.resize({ width: square, height: square, fit: 'fill', kernel: 'linear' })
  else if (longestSide !== undefined)
    pipeline = pipeline.resize({
      width: longestSide,
      height: longestSide,
      fit: 'inside',
      withoutEnlargement: true,
    })
  const { data, info } = await pipeline
    .flatten({ background: '#ffffff' })
    .toColourspace('srgb')
    .timeout({ seconds: decodeLimitSeconds })
    .raw()
    .toBuffer({ resolveWithObject: true })
  if (info.channels !== 3) throw new Error(`decoded to ${info.channels} channels`)
  return { width: info.width, height: info.height, data }
}

async function explain(
  place: string,
  description: string,
  bytes: Uint8Array,
  cause: unknown,
): Promise<AppError> {
  const message = messageOf(cause)
  if (message.includes('exceeds pixel limit'))
    return invalidInput(
      `${place}: claims ${await claimedSize(bytes)} pixels, at most ${pictureLimitPixels / 1e6} million are decoded; shrink it first`,
      { cause },
    )
  if (message.includes('timeout'))
    return invalidInput(
      `${place}: not decoded after ${decodeLimitSeconds} seconds; save it as a plain JPEG or PNG`,
      { cause },
    )
  const detail = message.trim().split('\n').at(-1) ?? ''
  return invalidInput(
    `${place}: looks like ${description} but is cut off or damaged (${detail.trim()}); copy or export it again`,
    { cause },
  )
}

async function claimedSize(bytes: Uint8Array): Promise<string> {
  try {
    const { width, height } = await sharp(bytes, { limitInputPixels: false }).metadata()
    return `${width} x ${height}`
  } catch {
    return 'too many'
  }
}

import { z } from 'zod'
import type { Picture } from './picture.ts'
import { cropPicture, fromSharp, resizePicture, toSharp } from './resize.ts'

const channels = z.tuple([z.number(), z.number(), z.number()]).readonly()
const positive = z.number().positive()

/** The schema of {@link Preprocessing}, as model cards hold it. */
export const preprocessingSchema = z.strictObject({
  size: z.number().int().min(1).max(4096),
  fit: z.enum(['stretch', 'cover', 'contain']),
  middle: z.number().positive().max(1).optional(),
  mean: channels,
  std: z.tuple([positive, positive, positive]).readonly(),
})

/** How pictures become the input of a network. */
export interface Preprocessing {
  /** Side of the square input in pixels. */
  readonly size: number
  /**
   * How a picture of another shape becomes square: `stretch` squeezes it, `cover` keeps its middle,
   * `contain` keeps all of it on white.
   */
  readonly fit: 'stretch' | 'cover' | 'contain'
  /** Share of each side that is kept before that, around the centre; default: all. */
  readonly middle?: number | undefined
  /** Subtracted from red, green, blue in [0, 1]. */
  readonly mean: readonly [number, number, number]
  /** Divides them after that. */
  readonly std: readonly [number, number, number]
}

/**
 * Pictures as one tensor, y = (x / 255 - mean) / std.
 *
 * Pictures that are not yet size x size are resized with the triangle filter of
 * {@link resizePicture}; those that are cost only the one pass of normalisation.
 * @returns [pictures.length, 3, size, size] row-major
 */
export async function picturesToTensor(
  pictures: readonly Picture[],
  preprocessing: Preprocessing,
): Promise<Float32Array> {
  const { size, mean, std } = preprocessing
  const square = await Promise.all(
    pictures.map((picture) => toSquare(middleOf(picture, preprocessing.middle), preprocessing)),
  )
  const plane = size * size
  const tensor = new Float32Array(pictures.length * 3 * plane)
  const table = (c: 0 | 1 | 2) => normalisationTable(mean[c], std[c])
  const tables: Tables = [table(0), table(1), table(2)]
  square.forEach(({ data }, i) => {
    fillPlanes(data, tables, tensor.subarray(i * 3 * plane, (i + 1) * 3 * plane))
  })
  return tensor
}

type Tables = readonly [Float32Array, Float32Array, Float32Array]

/** Interleaved colours [S, S, 3] as planes [3, S, S] of what the tables say. */
function fillPlanes(data: Uint8Array, [red, green, blue]: Tables, planes: Float32Array): void {
  const plane = planes.length / 3
  for (let pixel = 0, byte = 0; pixel < plane; pixel++, byte += 3) {
    planes[pixel] = red[data[byte]!]!
    planes[pixel + plane] = green[data[byte + 1]!]!
    planes[pixel + 2 * plane] = blue[data[byte + 2]!]!
  }
}

/** The middle of a picture: a share of each side, around the centre. */
export function middleOf(picture: Picture, share = 1): Picture {
  if (share === 1) return picture
  const [width, height] = [picture.width, picture.height].map((side) =>
    Math.max(1, Math.round(side * share)),
  ) as [number, number]
  const x = Math.floor((picture.width - width) / 2)
  const y = Math.floor((picture.height - height) / 2)
  return cropPicture(picture, { x, y, width, height })
}

/** A picture made square as the preprocessing says; the picture itself where it already is. */
async function toSquare(picture: Picture, { size, fit }: Preprocessing): Promise<Picture> {
  if (fit === 'stretch' || picture.width === picture.height)
    return resizePicture(picture, size, size)
  return fromSharp(
    toSharp(picture).resize({
      width: size,
      height: size,
      fit,
      kernel: 'linear',
      background: '#fff',
    }),
  )
}

function normalisationTable(mean: number, std: number): Float32Array {
  return Float32Array.from({ length: 256 }, (_, value) => (value / 255 - mean) / std)
}

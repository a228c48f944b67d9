import { shapeError } from '../../core/index.ts'
import type { Picture } from '../picture.ts'
import { fromSharp, toSharp } from '../resize.ts'
import type { HubPreprocessing, HubResize } from './hub-preprocessing.ts'

/** Pictures ready for a model from a hub. */
export interface HubPixels {
  /** [N, 3, H, W] */
  readonly shape: readonly number[]
  readonly data: Float32Array
}

/**
 * Makes pictures ready as transformers.js 4 does in Node, to the pixel: it resizes by an affine map
 * that interpolates between the nearest pixels, so shrinking much aliases; Lanczos alone is widened.
 * @throws Shape when the pictures come out in different sizes, since the model crops none
 */
export async function hubPixels(
  pictures: readonly Picture[],
  preprocessing: HubPreprocessing,
): Promise<HubPixels> {
  const { factor, mean, std } = preprocessing
  const ready = await Promise.all(pictures.map((picture) => shaped(picture, preprocessing)))
  const { width = 0, height = 0 } = ready[0] ?? {}
  const plane = width * height
  const data = new Float32Array(ready.length * 3 * plane)
  const tables = [0, 1, 2].map((c) => {
    // Each step in float32, as the library has it.
    const scaled = Float32Array.from({ length: 256 }, (_, x) => factor * x)
    return scaled.map((x) => (x - mean[c]!) / std[c]!)
  })
  ready.forEach((picture, i) => {
    if (picture.width !== width || picture.height !== height)
      throw shapeError(
        `picture ${i}: comes to ${picture.width} x ${picture.height}, the first to ${width} x ${height}; the model's preprocessor_config.json neither crops nor stretches, so give pictures of one shape`,
      )
    const start = i * 3 * plane
    for (let pixel = 0, byte = 0; pixel < plane; pixel++)
      for (let c = 0; c < 3; c++)
        data[start + c * plane + pixel] = tables[c]![picture.data[byte++]!]!
  })
  return { shape: [ready.length, 3, height, width], data }
}

async function shaped(
  picture: Picture,
  { resize, filter, crop }: HubPreprocessing,
): Promise<Picture> {
  const { width, height } = resize === undefined ? picture : resizedSize(picture, resize)
  const sized = await resized(picture, width, height, filter)
  return crop === undefined ? sized : cropMiddle(sized, crop)
}

/** The size that a picture is brought to before it is cropped. */
function resizedSize(picture: Picture, resize: HubResize): { width: number; height: number } {
  if ('width' in resize) return resize
  const { width, height } = picture
  const { shortestEdge, longestEdge } = resize
  const grow = Math.max(shortestEdge / width, shortestEdge / height)
  const [wide, high] = [width * grow, height * grow]
  const shrink = longestEdge === undefined ? 1 : Math.min(longestEdge / wide, longestEdge / high)
  const whole = (x: number) => Math.max(1, Math.floor(Number((x * shrink).toFixed(2))))
  return { width: whole(wide), height: whole(high) }
}

async function resized(
  picture: Picture,
  width: number,
  height: number,
  filter: HubPreprocessing['filter'],
): Promise<Picture> {
  if (picture.width === width && picture.height === height) return picture
  const pipeline = toSharp(picture)
  if (filter === 'lanczos')
    return fromSharp(pipeline.resize({ width, height, fit: 'fill', kernel: 'lanczos3' }))
  const scale: [number, number, number, number] = [
    width / picture.width,
    0,
    0,
    height / picture.height,
  ]
  return fromSharp(pipeline.affine(scale, { interpolator: filter }))
}

/** The middle of a picture, on black where it is smaller. */
function cropMiddle(
  picture: Picture,
  { width, height }: { readonly width: number; readonly height: number },
): Picture {
  if (picture.width === width && picture.height === height) return picture
  const data = new Uint8Array(width * height * 3)
  const [left, top] = [offset(picture.width, width), offset(picture.height, height)]
  for (let y = Math.max(0, -top); y < Math.min(height, picture.height - top); y++) {
    const x0 = Math.max(0, -left)
    const x1 = Math.min(width, picture.width - left)
    const from = ((y + top) * picture.width + x0 + left) * 3
    data.set(picture.data.subarray(from, from + (x1 - x0) * 3), (y * width + x0) * 3)
  }
  return { width, height, data }
}

/** Where the crop begins in the picture; rounded down on either side of 0, as the library does. */
function offset(has: number, wanted: number): number {
  const half = (has - wanted) / 2
  return half >= 0 ? Math.floor(half) : -Math.floor(-half)
}

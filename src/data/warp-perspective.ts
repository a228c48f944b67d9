import { invalidInput } from '../core/index.ts'
import type { Homography } from './homography.ts'
import type { Picture } from './picture.ts'

/** Options of {@link warpPerspective}. */
export interface WarpOptions {
  /** Size of the result in pixels. */
  readonly width: number
  readonly height: number
  /** Colour of what lies outside the source; left out, the nearest edge pixel is repeated. */
  readonly fill?: readonly [number, number, number]
}

/**
 * A picture seen through a homography, sampled bilinearly.
 *
 * For the centre (x, y) of each pixel of the result, (u, v, 1) ~ H (x, y, 1) is the place in the
 * source whose colour it gets: H maps the **result to the source**. Shrinking by much more than
 * one pixel a pixel aliases; shrink the source first.
 * @param homography from the result's plane to the source's, pixel centres at halves
 * @throws InvalidInput when the size is not in whole pixels
 */
export function warpPerspective(
  picture: Picture,
  homography: Homography,
  { width, height, fill }: WarpOptions,
): Picture {
  if (!(Number.isInteger(width) && Number.isInteger(height) && width > 0 && height > 0))
    throw invalidInput(`warpPerspective: size ${width} x ${height}, wanted whole numbers above 0`)
  const [h0, h1, h2, h3, h4, h5, h6, h7, h8] = homography
  const [red, green, blue] = fill ?? [0, 0, 0]
  const { width: sourceWidth, height: sourceHeight, data: source } = picture
  const [right, bottom] = [sourceWidth - 1, sourceHeight - 1]
  const rowBytes = sourceWidth * 3
  const data = new Uint8Array(width * height * 3)
  for (let row = 0, at = 0; row < height; row++) {
    const y = row + 0.5
    for (let column = 0; column < width; column++, at += 3) {
      const x = column + 0.5
      const w = h6 * x + h7 * y + h8
      let u = (h0 * x + h1 * y + h2) / w - 0.5
      let v = (h3 * x + h4 * y + h5) / w - 0.5
      // Beyond the horizon (w <= 0) nothing is seen; the negated test also catches NaN.
      const beyond = !(w > 0)
      if (beyond || (fill && (u < -0.5 || v < -0.5 || u > right + 0.5 || v > bottom + 0.5))) {
        data[at] = red
        data[at + 1] = green
        data[at + 2] = blue
        continue
      }
      u = Math.min(Math.max(u, 0), right)
      v = Math.min(Math.max(v, 0), bottom)
      const left = u | 0
      const top = v | 0
      const fx = u - left
      const fy = v - top
      const a = top * rowBytes + left * 3
      const b = left < right ? a + 3 : a
      const below = top < bottom ? rowBytes : 0
      const wd = fx * fy
      const wb = fx - wd
      const wc = fy - wd
      const wa = 1 - fx - wc
      const c = a + below
      const d = b + below
      data[at] = source[a]! * wa + source[b]! * wb + source[c]! * wc + source[d]! * wd + 0.5
      data[at + 1] =
        source[a + 1]! * wa + source[b + 1]! * wb + source[c + 1]! * wc + source[d + 1]! * wd + 0.5
      data[at + 2] =
        source[a + 2]! * wa + source[b + 2]! * wb + source[c + 2]! * wc + source[d + 2]! * wd + 0.5
    }
  }
  return { width, height, data }
}

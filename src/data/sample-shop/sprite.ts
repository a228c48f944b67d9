import sharp from 'sharp'
import { homographyFromCorners, type Point, type Quad } from '../homography.ts'
import type { Picture } from '../picture.ts'
import type { Box } from '../resize.ts'
import { drawProduct } from './draw-product.ts'
import type { ProductDesign } from './product-design.ts'

/** A cut-out square picture. */
export interface Sprite {
  /** Side in pixels. */
  readonly side: number
  /** [side, side, 4] RGBA, colours already multiplied by alpha. */
  readonly data: Uint8Array
}

/** A product cut out, with a margin of a twentieth around its field. */
export async function productSprite(
  design: ProductDesign,
  { turn, side }: { readonly turn: number; readonly side: number },
): Promise<Sprite> {
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${side}" height="${side}" viewBox="-10 -10 220 220">` +
    `${drawProduct(design, turn, 'none')}</svg>`
  const pixels = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer()
  const data = new Uint8Array(pixels)
  for (let at = 0; at < data.length; at += 4) {
    const alpha = data[at + 3]! / 255
    for (let channel = 0; channel < 3; channel++) data[at + channel]! *= alpha
  }
  return { side, data }
}

/** The soft shadow that a cut-out casts: its outline in black, blurred. */
export async function shadowSprite(
  { side, data }: Sprite,
  { opacity, blur }: { readonly opacity: number; readonly blur: number },
): Promise<Sprite> {
  const outline = Buffer.alloc(side * side)
  for (let i = 0; i < outline.length; i++) outline[i] = data[i * 4 + 3]! * opacity
  const soft = await sharp(outline, { raw: { width: side, height: side, channels: 1 } })
    .blur(blur)
    .toColourspace('b-w')
    .raw()
    .toBuffer()
  const shadow = new Uint8Array(side * side * 4)
  for (let i = 0; i < soft.length; i++) shadow[i * 4 + 3] = soft[i]!
  return { side, data: shadow }
}

/**
 * Draws a sprite into a picture, its corners at four points, sampled bilinearly.
 * @returns the smallest box around the pixels that it covers by half or more; undefined where there are none
 */
export function pasteSprite(
  onto: Picture,
  { side, data: source }: Sprite,
  quad: Quad,
): Box | undefined {
  const field: Quad = [
    { x: 0, y: 0 },
    { x: side, y: 0 },
    { x: side, y: side },
    { x: 0, y: side },
  ]
  const h = homographyFromCorners(quad, field)
  const { width, height, data } = onto
  const [xs, ys] = [quad.map(({ x }) => x), quad.map(({ y }) => y)]
  const left = Math.max(0, Math.floor(Math.min(...xs)))
  const right = Math.min(width, Math.ceil(Math.max(...xs)))
  const top = Math.max(0, Math.floor(Math.min(...ys)))
  const bottom = Math.min(height, Math.ceil(Math.max(...ys)))
  const row = side * 4
  let [x0, y0, x1, y1] = [width, height, -1, -1]
  for (let y = top; y < bottom; y++) {
    for (let x = left; x < right; x++) {
      const [px, py] = [x + 0.5, y + 0.5]
      const w = h[6] * px + h[7] * py + h[8]
      const u = (h[0] * px + h[1] * py + h[2]) / w - 0.5
      const v = (h[3] * px + h[4] * py + h[5]) / w - 0.5
      if (!(u >= 0 && v >= 0 && u < side - 1 && v < side - 1)) continue
      const at = (v | 0) * row + (u | 0) * 4
      const [fx, fy] = [u - (u | 0), v - (v | 0)]
      const [wd, wb, wc] = [fx * fy, fx - fx * fy, fy - fx * fy]
      const wa = 1 - fx - wc
      const alpha =
        source[at + 3]! * wa +
        source[at + 7]! * wb +
        source[at + row + 3]! * wc +
        source[at + row + 7]! * wd
      if (alpha < 1) continue
      const keep = 1 - alpha / 255
      const to = (y * width + x) * 3
      for (let c = 0; c < 3; c++) {
        const i = at + c
        const colour =
          source[i]! * wa + source[i + 4]! * wb + source[i + row]! * wc + source[i + row + 4]! * wd
        data[to + c] = Math.min(255, data[to + c]! * keep + colour + 0.5)
      }
      if (alpha < 128) continue
      if (x < x0) x0 = x
      if (x > x1) x1 = x
      if (y < y0) y0 = y
      y1 = y
    }
  }
  return x1 < 0 ? undefined : { x: x0, y: y0, width: x1 - x0 + 1, height: y1 - y0 + 1 }
}

/** Where a square lands. */
export interface Pose {
  readonly centre: Point
  /** Side in pixels. */
  readonly size: number
  readonly degrees: number
  /** How much nearer each corner is than the middle, from the top left clockwise; zeros are flat. */
  readonly depth: readonly [number, number, number, number]
}

/** The corners of a square in a pose, for {@link pasteSprite}. */
export function quadOf({ centre, size, degrees, depth }: Pose): Quad {
  const angle = (degrees * Math.PI) / 180
  const [cos, sin] = [Math.cos(angle) * (size / 2), Math.sin(angle) * (size / 2)]
  const corner = (sx: number, sy: number, nearer: number): Point => ({
    x: centre.x + (sx * cos - sy * sin) * (1 + nearer),
    y: centre.y + (sx * sin + sy * cos) * (1 + nearer),
  })
  return [
    corner(-1, -1, depth[0]),
    corner(1, -1, depth[1]),
    corner(1, 1, depth[2]),
    corner(-1, 1, depth[3]),
  ]
}

import sharp from 'sharp'
import type { Rng } from '../../core/index.ts'
import { drawProduct } from './draw-product.ts'
import { hex, mix, type Rgb } from './palette.ts'
import type { ProductDesign } from './product-design.ts'

/** Side of a catalogue picture in pixels. */
export const CATALOGUE_SIDE = 288

const grounds: readonly Rgb[] = [
  [255, 255, 255],
  [255, 255, 255],
  [247, 247, 245],
  [240, 242, 244],
  [246, 241, 234],
]

/** Studio pictures of a product, JPEG: from the front, turned, close up; more views turn it further. */
export async function catalogueViews(
  design: ProductDesign,
  views: number,
  rng: Rng,
): Promise<Buffer[]> {
  const ground = rng.pick(grounds)
  const pictures: Promise<Buffer>[] = []
  for (let view = 0; view < views; view++) {
    const turn = [0, 0.75, -0.3][view] ?? rng.between(-1, 1)
    const near = view === 2
    const [tilt, zoom] = near ? [rng.between(-9, 9), 1.42] : [rng.between(-2, 2), 0.92]
    const [x, y] = near ? [rng.between(-12, 12), rng.between(-6, 12)] : [0, 0]
    pictures.push(studioPicture(drawProduct(design, turn, 'shadow'), { ground, tilt, zoom, x, y }))
  }
  return Promise.all(pictures)
}

interface Studio {
  readonly ground: Rgb
  readonly tilt: number
  readonly zoom: number
  readonly x: number
  readonly y: number
}

function studioPicture(product: string, { ground, tilt, zoom, x, y }: Studio) {
  const lower = hex(mix(ground, [120, 120, 128], 0.12))
  const svg =
    `<svg xmlns="http://www.w3.org/2000/svg" width="${CATALOGUE_SIDE}" height="${CATALOGUE_SIDE}" viewBox="0 0 200 200">` +
    `<defs><linearGradient id="ground" x2="0" y2="1"><stop offset=".6" stop-color="${hex(ground)}"/><stop offset="1" stop-color="${lower}"/></linearGradient>` +
    '</defs>' +
    '<path fill="url(#ground)" d="M0 0H200V200H0Z"/>' +
    `<g transform="translate(${100 + x} ${100 + y}) rotate(${tilt}) scale(${zoom}) translate(-100 -100)">${product}</g></svg>`
  return sharp(Buffer.from(svg)).removeAlpha().jpeg({ quality: 88 }).toBuffer()
}

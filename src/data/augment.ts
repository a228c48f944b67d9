import { invalidInput, type Rng } from '../core/index.ts'
import { halvePicture } from './halve.ts'
import { composeHomographies, corners, homographyFromCorners, type Quad } from './homography.ts'
import { changeLight, type Light } from './light.ts'
import type { Picture } from './picture.ts'
import { cropPicture, fromSharp, toSharp } from './resize.ts'
import { warpPerspective } from './warp-perspective.ts'

/** From the lowest to the highest value that is drawn. */
export type Range = readonly [low: number, high: number]

/** How {@link augment} varies a picture. */
export interface AugmentOptions {
  /** Side of the square result in pixels. */
  readonly size: number
  /** Fraction of the picture's area that the crop keeps. */
  readonly area: Range
  /** Width over height of the crop, drawn evenly on a log scale; cut to fit the picture. */
  readonly aspect: Range
  /** Turn of the crop; what it shows beyond the picture repeats the edge. */
  readonly rotationDegrees: Range
  /** Probability of a horizontal flip. */
  readonly flip: number
  /** Each corner moves inward by up to `strength` of half the crop's sides. */
  readonly perspective: { readonly probability: number; readonly strength: number }
  /** Ranges of the change of light; see {@link Light}. */
  readonly light: { readonly probability: number } & {
    readonly [Name in keyof Light]: Range
  }
  /** Gaussian blur of the result; sigma in its pixels. */
  readonly blur: { readonly probability: number; readonly sigma: Range }
}

/** Variations that suit photos of products taken by hand. */
export const defaultAugmentation: AugmentOptions = {
  size: 112,
  area: [0.35, 1],
  aspect: [3 / 4, 4 / 3],
  rotationDegrees: [-10, 10],
  flip: 0.5,
  perspective: { probability: 0.4, strength: 0.3 },
  light: {
    probability: 0.8,
    brightness: [0.7, 1.3],
    contrast: [0.7, 1.3],
    saturation: [0.6, 1.4],
    hueDegrees: [-8, 8],
    gamma: [0.8, 1.25],
  },
  blur: { probability: 0.1, sigma: [0.4, 1.2] },
}

/**
 * A random variation of a picture: crop, turn, flip and perspective in one sampling of the
 * source, then light, then blur.
 *
 * Every random number is drawn before the first await, and always as many, so what a picture gets
 * follows from the state of `rng` at the call, however many calls are under way.
 * @returns a picture of size x size
 * @throws InvalidInput when the size is not a whole number above 0
 */
export async function augment(
  picture: Picture,
  options: AugmentOptions,
  rng: Rng,
): Promise<Picture> {
  const { size } = options
  if (!(Number.isInteger(size) && size > 0))
    throw invalidInput(`augment: size is ${size}, it must be a whole number of pixels above 0`)
  const view = drawView(picture, options, rng)
  const light = drawLight(options.light, rng)
  const sigma = drawBlur(options.blur, rng)
  let varied = sampleView(picture, view, size)
  if (light !== undefined) varied = changeLight(varied, light)
  return sigma === undefined ? varied : fromSharp(toSharp(varied).blur(sigma))
}

/** The quad of the picture that fills the result, top left corner first (top right if flipped). */
function drawView(picture: Picture, options: AugmentOptions, rng: Rng): Quad {
  const { perspective } = options
  const area = rng.between(...options.area) * picture.width * picture.height
  const aspect = Math.exp(rng.between(Math.log(options.aspect[0]), Math.log(options.aspect[1])))
  const width = Math.min(picture.width, Math.sqrt(area * aspect))
  const height = Math.min(picture.height, Math.sqrt(area / aspect))
  const left = rng.next() * (picture.width - width)
  const top = rng.next() * (picture.height - height)
  const angle = (rng.between(...options.rotationDegrees) * Math.PI) / 180
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)]
  const strength = rng.next() < perspective.probability ? perspective.strength : 0
  const flipped = rng.next() < options.flip
  const moved = corners(-1, -1, 2, 2).map(({ x, y }) => {
    const dx = (x * (1 - strength * rng.next()) * width) / 2
    const dy = (y * (1 - strength * rng.next()) * height) / 2
    return {
      x: left + width / 2 + dx * cos - dy * sin,
      y: top + height / 2 + dx * sin + dy * cos,
    }
  })
  const [a, b, c, d] = moved as unknown as Quad
  return flipped ? [b, a, d, c] : [a, b, c, d]
}

function drawLight(
  { probability, ...ranges }: AugmentOptions['light'],
  rng: Rng,
): Light | undefined {
  const wanted = rng.next() < probability
  const light: Light = {
    brightness: rng.between(...ranges.brightness),
    contrast: rng.between(...ranges.contrast),
    saturation: rng.between(...ranges.saturation),
    hueDegrees: rng.between(...ranges.hueDegrees),
    gamma: rng.between(...ranges.gamma),
  }
  return wanted ? light : undefined
}

function drawBlur({ probability, sigma }: AugmentOptions['blur'], rng: Rng): number | undefined {
  const wanted = rng.next() < probability
  const drawn = rng.between(...sigma)
  return wanted ? drawn : undefined
}

// Bilinear sampling reads four source pixels; past this many a pixel, finer detail would alias.
const pixelsAPixel = 1.5

function sampleView(picture: Picture, view: Quad, size: number): Picture {
  const side = Math.sqrt(areaOf(view)) / size
  let toSource = homographyFromCorners(corners(0, 0, size, size), view)
  let source = picture
  if (side > pixelsAPixel) {
    const box = boundingBox(view, picture)
    source = cropPicture(picture, box)
    toSource = composeHomographies([1, 0, -box.x, 0, 1, -box.y, 0, 0, 1], toSource)
  }
  for (let scale = side; scale > pixelsAPixel; scale /= 2) {
    source = halvePicture(source)
    toSource = composeHomographies([0.5, 0, 0, 0, 0.5, 0, 0, 0, 1], toSource)
  }
  return warpPerspective(source, toSource, { width: size, height: size })
}

/** The area of a quad by the shoelace formula. */
function areaOf(quad: Quad): number {
  const twice = quad.reduce((sum, { x, y }, i) => {
    const next = quad[(i + 1) % 4]!
    return sum + x * next.y - next.x * y
  }, 0)
  return Math.abs(twice) / 2
}

function boundingBox(quad: Quad, { width, height }: Picture) {
  const xs = quad.map(({ x }) => x)
  const ys = quad.map(({ y }) => y)
  const x = Math.max(0, Math.floor(Math.min(...xs)) - 2)
  const y = Math.max(0, Math.floor(Math.min(...ys)) - 2)
  const right = Math.min(width, Math.ceil(Math.max(...xs)) + 2)
  const bottom = Math.min(height, Math.ceil(Math.max(...ys)) + 2)
  return { x, y, width: right - x, height: bottom - y }
}

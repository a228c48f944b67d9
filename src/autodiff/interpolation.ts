import { unsupportedOp } from '../core/index.ts'
import { type Attributes, floatOf, intOf, textOf } from '../onnx/index.ts'
import type { Mixture, Share } from './mixture.ts'

/** An axis that Resize gives another size. */
export interface ResizedAxis {
  readonly from: number
  readonly to: number
  /** What it is multiplied by, as onnxruntime has it: a float32. */
  readonly scale: number
}

/**
 * The shares that the places of the old axis have in those of the new.
 *
 * Coordinates are rounded to float32 where onnxruntime rounds them, so that the nearest place is the
 * same even where two are almost equally near.
 * @throws UnsupportedOp for modes that are no fixed mixture
 */
export function interpolation(axis: ResizedAxis, attributes: Attributes): Mixture {
  const mode = textOf(attributes, 'mode', 'nearest')
  const taps = modes[mode]
  const coordinates = textOf(attributes, 'coordinate_transformation_mode', 'half_pixel')
  const original = axis.scale === 1 ? (place: number) => place : transformations[coordinates]
  if (taps === undefined || original === undefined)
    throw unsupportedOp(`Resize: mode ${mode} with ${coordinates} has no gradient rule`)
  return Array.from({ length: axis.to }, (_, place) =>
    taps(original(place, axis), axis.from, attributes).map((share) => ({
      ...share,
      place: Math.min(Math.max(share.place, 0), axis.from - 1),
    })),
  )
}

const f = Math.fround

const halfPixel = (place: number, { scale }: ResizedAxis): number =>
  f(f((place + 0.5) / scale) - 0.5)

/** Where a place of the new axis lies on the old, by `coordinate_transformation_mode`. */
const transformations: Readonly<Record<string, (place: number, axis: ResizedAxis) => number>> = {
  half_pixel: halfPixel,
  pytorch_half_pixel: (place, axis) => (axis.to > 1 ? halfPixel(place, axis) : 0),
  asymmetric: (place, { scale }) => f(place / scale),
  align_corners: (place, { from, to }) => (to === 1 ? 0 : f(f(place * (from - 1)) / (to - 1))),
  half_pixel_symmetric: (place, { from, to, scale }) => {
    const offset = f((from / 2) * f(1 - f(to / f(scale * from))))
    return f(offset + (place + 0.5) / scale - 0.5)
  },
}

const roundings: Readonly<Record<string, (x: number) => number>> = {
  floor: Math.floor,
  ceil: Math.ceil,
  round_prefer_floor: (x) => (isHalfway(x) ? Math.floor(x) : Math.round(x)),
  round_prefer_ceil: (x) => (isHalfway(x) ? Math.ceil(x) : Math.round(x)),
}

/** Whether two places are equally near, within the rounding errors that onnxruntime forgives. */
const isHalfway = (x: number): boolean => Math.abs(x - Math.floor(x) - 0.5) <= 1e-6

type Taps = (x: number, size: number, attributes: Attributes) => Share[]

/** Which places of the old axis count at a coordinate, and how much; those outside are its ends. */
const modes: Readonly<Record<string, Taps>> = {
  nearest: (x, _, attributes) => {
    const rounding = textOf(attributes, 'nearest_mode', 'round_prefer_floor')
    const round = roundings[rounding]
    if (round === undefined)
      throw unsupportedOp(`Resize: nearest_mode ${rounding} has no gradient rule`)
    return [{ place: round(x), weight: 1 }]
  },
  linear: (x, size) => {
    const inside = Math.min(Math.max(x, 0), size - 1)
    const place = Math.floor(inside)
    return [
      { place, weight: 1 - (inside - place) },
      { place: place + 1, weight: inside - place },
    ]
  },
  cubic: (x, size, attributes) => {
    const a = floatOf(attributes, 'cubic_coeff_a', -0.75)
    const first = Math.floor(x) - 1
    const taps = [0, 1, 2, 3].map((i) => ({
      place: first + i,
      weight: keysKernel(Math.abs(x - first - i), a),
    }))
    if (intOf(attributes, 'exclude_outside', 0) === 0) return taps
    const inside = taps.filter(({ place }) => place >= 0 && place < size)
    const sum = inside.reduce((total, { weight }) => total + weight, 0)
    return inside.map(({ place, weight }) => ({ place, weight: weight / sum }))
  },
}

/** The piecewise cubic of Keys (1981), eq. 15 with a free a, at a distance in [0, 2]. */
function keysKernel(distance: number, a: number): number {
  if (distance <= 1) return ((a + 2) * distance - (a + 3)) * distance ** 2 + 1
  return ((a * distance - 5 * a) * distance + 8 * a) * distance - 4 * a
}

import { numericError, shapeError } from '../core/index.ts'
import { dimensionOf, type IndexedEncoder } from './manifest.ts'

/** A vector on its way into an index or a search. */
export interface UnitPartsInput {
  /** What messages call it: `picture "a.jpg" of product "7"`, `search: query 3`. */
  readonly place: string
  /** [D], D the sum of the encoders' dimensions */
  readonly vector: Float32Array
  readonly encoders: readonly IndexedEncoder[]
}

/**
 * Scales each encoder's part of a row to unit length, in float64.
 *
 *   out_e = vector_e / ‖vector_e‖    for every encoder e
 *
 * @returns [D], a new array
 * @throws Shape when the length is wrong; Numeric on NaN, infinity or a part that is all zeros
 */
export function unitParts({ place, vector, encoders }: UnitPartsInput): Float32Array {
  const dimension = dimensionOf(encoders)
  if (vector.length !== dimension)
    throw shapeError(
      `${place}: vector has ${vector.length} values, the index holds ${dimension}; encode it with ${names(encoders)}`,
    )
  const unit = new Float32Array(dimension)
  let start = 0
  for (const { name, dimension: width } of encoders) {
    const end = start + width
    let squares = 0
    for (let i = start; i < end; i++) squares += vector[i]! * vector[i]!
    if (!Number.isFinite(squares)) throw notFinite(place, vector)
    if (squares === 0)
      throw numericError(
        `${place}: the vector of ${name} is all zeros, which has no direction; check the picture and the encoder`,
      )
    const scale = 1 / Math.sqrt(squares)
    for (let i = start; i < end; i++) unit[i] = vector[i]! * scale
    start = end
  }
  return unit
}

// Squares of float32 values cannot overflow a float64, so an infinite sum means an infinite value.
function notFinite(place: string, vector: Float32Array) {
  const at = vector.findIndex((value) => !Number.isFinite(value))
  return numericError(
    `${place}: value ${at} of the vector is ${vector[at]}, all must be finite; check the encoder`,
  )
}

function names(encoders: readonly IndexedEncoder[]): string {
  return encoders.map((encoder) => encoder.name).join(' + ')
}

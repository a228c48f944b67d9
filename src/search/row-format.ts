import { fromHalf, toHalf } from './half-floats.ts'

/**
 * How an index keeps its rows: as they are, at half the precision, or as they are with a copy of
 * one byte a value that is searched in their place.
 */
export const precisions = ['f32', 'f16', 'i8'] as const

/** One of {@link precisions}. */
export type Precision = (typeof precisions)[number]

/** How a rows file holds its values. */
interface RowFormat {
  readonly extension: 'f32' | 'f16'
  readonly bytesPerValue: number
  encode(row: Float32Array): Uint8Array
  decode(bytes: Uint8Array): Float32Array
}

const single: RowFormat = {
  extension: 'f32',
  bytesPerValue: 4,
  encode: bytesOf,
  decode: ({ buffer, byteOffset, length }) => new Float32Array(buffer, byteOffset, length / 4),
}

const half: RowFormat = {
  extension: 'f16',
  bytesPerValue: 2,
  encode: (row) => bytesOf(toHalf(row)),
  decode: ({ buffer, byteOffset, length }) =>
    fromHalf(new Uint16Array(buffer, byteOffset, length / 2)),
}

/** Of the rows file of each precision; little-endian. */
export const rowFormats: Readonly<Record<Precision, RowFormat>> = {
  f32: single,
  f16: half,
  i8: single,
}

/** The memory of a typed array. */
export function bytesOf({ buffer, byteOffset, byteLength }: NodeJS.TypedArray): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

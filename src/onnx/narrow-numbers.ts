import { TensorProto_DataType as Type } from 'onnx-buf'
import type { Tensor } from '../tensor/index.ts'

/** Numbers that a file stores in few bits and that are read as a dtype of 32. */
export interface NarrowNumbers {
  readonly bits: number
  readonly dtype: 'float32' | 'int32'
  /** The same number in 32 bits. */
  readonly wide: (bits: number) => number
}

const unsigned = (bits: number): NarrowNumbers => ({ bits, dtype: 'int32', wide: (x) => x })
const signed = (bits: number): NarrowNumbers => ({
  bits,
  dtype: 'int32',
  wide: (x) => (x << (32 - bits)) >> (32 - bits),
})

/** Floats of 16 bits: float32 holds each of them exactly. */
export const halfFloats: ReadonlyMap<number, NarrowNumbers> = new Map([
  [Type.FLOAT16, { bits: 16, dtype: 'float32', wide: float16 }],
  [Type.BFLOAT16, { bits: 16, dtype: 'float32', wide: (x) => x << 16 }],
])

/** What quantised weights are stored in. */
export const quantised: ReadonlyMap<number, NarrowNumbers> = new Map([
  [Type.INT2, signed(2)],
  [Type.UINT2, unsigned(2)],
  [Type.INT4, signed(4)],
  [Type.UINT4, unsigned(4)],
  [Type.INT8, signed(8)],
  [Type.UINT8, unsigned(8)],
  [Type.INT16, signed(16)],
  [Type.UINT16, unsigned(16)],
])

/** Sign, 5 bits of exponent above 15, 10 of fraction: 8 above 127 and 23 in float32. */
function float16(x: number): number {
  const sign = (x & 0x8000) << 16
  const exponent = (x >> 10) & 31
  const fraction = x & 1023
  if (exponent === 31) return sign | 0x7f800000 | (fraction << 13)
  if (exponent > 0) return sign | ((exponent + 112) << 23) | (fraction << 13)
  if (fraction === 0) return sign
  // too small for the leading 1 that other numbers have in front of their fraction
  const shift = Math.clz32(fraction) - 21
  return sign | ((113 - shift) << 23) | (((fraction << shift) & 1023) << 13)
}

/**
 * The first numbers in these bytes: little-endian, or several to a byte, from its low end on, where
 * they are narrower than one.
 */
export function widen(
  bytes: Uint8Array,
  size: number,
  { bits, dtype, wide }: NarrowNumbers,
): Tensor['data'] {
  const data = new Int32Array(size)
  const perByte = 8 / bits
  for (let i = 0; i < size; i++)
    data[i] =
      bits === 16
        ? wide(bytes[2 * i]! | (bytes[2 * i + 1]! << 8))
        : wide((bytes[Math.floor(i / perByte)]! >> ((i % perByte) * bits)) & (2 ** bits - 1))
  return dtype === 'float32' ? new Float32Array(data.buffer) : data
}

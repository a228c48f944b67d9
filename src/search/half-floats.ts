/**
 * Float16 by its bits: 1 of sign, 5 of exponent above 15, 10 of fraction; the nearest one to each
 * value, of two as near the even one. Node before 24 has no Float16Array.
 *
 * @param values within ±65504, the largest float16
 */
export function toHalf(values: Float32Array): Uint16Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length)
  const halves = new Uint16Array(values.length)
  for (let i = 0; i < halves.length; i++) halves[i] = half(bits[i]!)
  return halves
}

/** The float32 of every float16, exactly. */
export function fromHalf(halves: Uint16Array): Float32Array {
  return Float32Array.from(halves, widened)
}

const smallestNormal = 113 << 23 // 2⁻¹⁴ as a float32, the smallest float16 with a leading 1

function half(bits: number): number {
  const sign = (bits >>> 16) & 0x8000
  const size = bits & 0x7fffffff
  if (size >= smallestNormal) return sign | roundedShift(size - (112 << 23), 13)
  const shift = 126 - (size >>> 23)
  if (shift > 24) return sign // under half the smallest float16
  return sign | roundedShift((size & 0x7fffff) | 0x800000, shift)
}

/** value / 2^shift to the nearest whole number, halves to the even one. */
function roundedShift(value: number, shift: number): number {
  const whole = value >>> shift
  const rest = value & ((1 << shift) - 1)
  const middle = 1 << (shift - 1)
  return rest > middle || (rest === middle && (whole & 1) === 1) ? whole + 1 : whole
}

function widened(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1
  const exponent = (bits >>> 10) & 31
  const fraction = bits & 1023
  return exponent === 0
    ? sign * fraction * 2 ** -24
    : sign * (1024 + fraction) * 2 ** (exponent - 25)
}

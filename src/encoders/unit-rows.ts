import { numericError } from '../core/index.ts'

/**
 * Brings rows to unit length, in place.
 * @param place what messages name
 * @throws Numeric when a row is zero or not finite
 */
export function toUnitRows(rows: Float32Array, dimension: number, place: string): Float32Array {
  for (let start = 0; start < rows.length; start += dimension) {
    const row = rows.subarray(start, start + dimension)
    let sum = 0
    for (const x of row) sum += x * x
    if (!(sum > 0 && Number.isFinite(sum)))
      throw numericError(
        `${place}: number ${start / dimension} of the batch gives a vector of length ${Math.sqrt(sum)}; the model is damaged`,
      )
    const scale = 1 / Math.sqrt(sum)
    for (let i = 0; i < row.length; i++) row[i]! *= scale
  }
  return rows
}

/** A vector in whole numbers. */
export interface Codes<Numbers> {
  /** [D] */
  readonly codes: Numbers
  /** What 1 stands for. */
  readonly scale: number
  /** Length of what is lost: ‖vector − scale · codes‖. */
  readonly error: number
}

/** A query in 7 bits a value, q ≈ scale · (codes − {@link queryZero}), with its length. */
export interface QueryCodes extends Codes<Uint8Array> {
  readonly length: number
}

/** A row of an index in bytes, u ≈ scale · codes, with their sum. */
export interface RowCodes extends Codes<Int8Array> {
  readonly sum: number
}

/** Codes of a row lie within ±127. */
const rowLevels = 127
/**
 * Codes of a query lie within ±63 of {@link queryZero}, so that two products of a query's and a row's fit
 * 16 bits: processors without instructions for this add them up there, and would cut them off.
 */
const queryLevels = 63

/** What stands for 0 in the codes of a query, which have no sign. */
export const queryZero = 64

/** The most values a row may have: the sum of their products with a query's must fit 32 bits. */
export const longestCodedRow = 100_000

/** Rounds a row to bytes with one scale, the largest value to ±127. [D], not all zeros */
export function codeRow(row: Float32Array): RowCodes {
  const scale = scaleOf(row, rowLevels)
  const codes = new Int8Array(row.length)
  let [sum, squares] = [0, 0]
  for (let i = 0; i < row.length; i++) {
    const code = Math.round(row[i]! / scale)
    codes[i] = code
    sum += code
    squares += (row[i]! - scale * code) ** 2
  }
  return { codes, scale, sum, error: Math.sqrt(squares) }
}

/** Rounds a query to 7 bits above {@link queryZero}. [D], not all zeros */
export function codeQuery(query: Float32Array): QueryCodes {
  const scale = scaleOf(query, queryLevels)
  const codes = new Uint8Array(query.length)
  let [squares, lost] = [0, 0]
  for (let i = 0; i < query.length; i++) {
    const code = Math.round(query[i]! / scale)
    codes[i] = code + queryZero
    squares += query[i]! ** 2
    lost += (query[i]! - scale * code) ** 2
  }
  return { codes, scale, length: Math.sqrt(squares), error: Math.sqrt(lost) }
}

// As a float32, which is what it is stored as; rounded up, so that no code is out of bounds.
function scaleOf(vector: Float32Array, levels: number): number {
  let largest = 0
  for (const value of vector) largest = Math.max(largest, Math.abs(value))
  return Math.fround((largest / levels) * (1 + 2 ** -23))
}

/** How often its standard deviation the error of a score is allowed for. */
const deviations = 6

/** What {@link largestError} looks at. */
export interface CodedScore {
  /** ‖q‖ and what its codes lose */
  readonly query: { readonly length: number; readonly error: number }
  /** ‖u‖ and what the codes of a row lose at most */
  readonly row: { readonly length: number; readonly error: number }
  /** D */
  readonly dimension: number
}

/**
 * How far a score of codes lies from the exact one.
 *
 *   |⟨q, u⟩ − ⟨q̃, ũ⟩| ≤ ‖q‖ ‖u − ũ‖ + ‖q − q̃‖ ‖ũ‖
 *
 * is certain. Errors of rounding point anywhere, not along the other vector, so the standard deviation
 * of each term is 1/√D of that; six of these are allowed for where that is less.
 */
export function largestError({ query, row, dimension }: CodedScore): number {
  const certain = query.length * row.error + query.error * (row.length + row.error)
  return certain * Math.min(1, deviations / Math.sqrt(dimension))
}

/** Rows of a tile: their first values come first, then their second ones, as a matrix product wants them. */
export const tileRows = 64

/** Rows of whole tiles that hold so many rows. */
export function paddedRows(count: number): number {
  return Math.ceil(count / tileRows) * tileRows
}

/** How many bytes a codes file has: codes, a scale and a correction a row. */
export function codesBytes({
  count,
  dimension,
}: {
  readonly count: number
  readonly dimension: number
}): number {
  return paddedRows(count) * (dimension + 8)
}

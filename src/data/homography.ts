import { invalidInput } from '../core/index.ts'

/** A point in pixels; the picture covers [0, width] x [0, height], its first pixel [0, 1] x [0, 1]. */
export interface Point {
  readonly x: number
  readonly y: number
}

/** Four corners: top left, top right, bottom right, bottom left. */
export type Quad = readonly [Point, Point, Point, Point]

/** A projective map of the plane, a 3x3 matrix in row-major order. */
export type Homography = readonly [
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
  number,
]

/** The map that moves nothing. */
export const identityHomography: Homography = [1, 0, 0, 0, 1, 0, 0, 0, 1]

/** The four corners of a rectangle. */
export function corners(x: number, y: number, width: number, height: number): Quad {
  const [right, bottom] = [x + width, y + height]
  return [
    { x, y },
    { x: right, y },
    { x: right, y: bottom },
    { x, y: bottom },
  ]
}

/**
 * The homography H with H (x, y, 1) ~ (u, v, 1) for four pairs of corners, H[8] = 1.
 *
 *   u (h6 x + h7 y + 1) = h0 x + h1 y + h2,   v (h6 x + h7 y + 1) = h3 x + h4 y + h5
 *
 * @throws InvalidInput when three of the corners lie on one line
 */
export function homographyFromCorners(from: Quad, to: Quad): Homography {
  const rows: number[][] = []
  from.forEach(({ x, y }, i) => {
    const { x: u, y: v } = to[i]!
    rows.push([x, y, 1, 0, 0, 0, -u * x, -u * y, u], [0, 0, 0, x, y, 1, -v * x, -v * y, v])
  })
  const h = solve(rows)
  return [h[0]!, h[1]!, h[2]!, h[3]!, h[4]!, h[5]!, h[6]!, h[7]!, 1]
}

/** Where a homography sends a point. */
export function mapPoint(h: Homography, { x, y }: Point): Point {
  const w = h[6] * x + h[7] * y + h[8]
  return { x: (h[0] * x + h[1] * y + h[2]) / w, y: (h[3] * x + h[4] * y + h[5]) / w }
}

/** The map that applies `second` after `first`: the matrix product second * first. */
export function composeHomographies(second: Homography, first: Homography): Homography {
  const product = Array.from({ length: 9 }, (_, i) => {
    const [row, column] = [Math.floor(i / 3) * 3, i % 3]
    return (
      second[row]! * first[column]! +
      second[row + 1]! * first[column + 3]! +
      second[row + 2]! * first[column + 6]!
    )
  })
  return product as unknown as Homography
}

/** Gaussian elimination with partial pivoting of n rows [A | b]. */
function solve(rows: number[][]): number[] {
  const n = rows.length
  const largest = Math.max(...rows.flat().map(Math.abs))
  for (let column = 0; column < n; column++) {
    let pivot = column
    for (let row = column + 1; row < n; row++)
      if (Math.abs(rows[row]![column]!) > Math.abs(rows[pivot]![column]!)) pivot = row
    ;[rows[column], rows[pivot]] = [rows[pivot]!, rows[column]!]
    const top = rows[column]!
    if (!(Math.abs(top[column]!) > 1e-12 * largest))
      throw invalidInput('homography: three corners lie on one line; give four corners of a quad')
    for (let row = 0; row < n; row++) {
      if (row === column) continue
      const factor = rows[row]![column]! / top[column]!
      for (let k = column; k <= n; k++) rows[row]![k]! -= factor * top[k]!
    }
  }
  return rows.map((row, i) => row[n]! / row[i]!)
}

import { invalidInput } from '../../core/index.ts'
import type { Homography, Point } from '../../data/index.ts'

/**
 * The turn, scale and shift that bring points nearest to others, in the least squares.
 *
 * With the points as complex numbers p and q and their means p̄ and q̄, z ↦ a (z − p̄) + q̄ with
 * a = Σ conj(p − p̄) (q − q̄) / Σ |p − p̄|².
 * @throws InvalidInput when there are not as many of the ones as of the others, or all are one place
 * @see Umeyama 1991
 */
export function fitSimilarity(from: readonly Point[], to: readonly Point[]): Homography {
  const centre = (points: readonly Point[]): Point => ({
    x: points.reduce((sum, { x }) => sum + x, 0) / points.length,
    y: points.reduce((sum, { y }) => sum + y, 0) / points.length,
  })
  const [p, q] = [centre(from), centre(to)]
  let [real, imaginary, spread] = [0, 0, 0]
  from.forEach((point, i) => {
    const [px, py] = [point.x - p.x, point.y - p.y]
    const [qx, qy] = [(to[i]?.x ?? Number.NaN) - q.x, (to[i]?.y ?? Number.NaN) - q.y]
    real += px * qx + py * qy
    imaginary += px * qy - py * qx
    spread += px * px + py * py
  })
  const [a, b] = [real / spread, imaginary / spread]
  if (from.length !== to.length || !(spread > 0) || !Number.isFinite(a) || !Number.isFinite(b))
    throw invalidInput(
      `fitSimilarity: ${from.length} and ${to.length} points, wanted as many of both and at least two places`,
    )
  return [a, -b, q.x - a * p.x + b * p.y, b, a, q.y - b * p.x - a * p.y, 0, 0, 1]
}

import { invalidInput } from '../core/index.ts'
import type { PairScores } from './pair-scores.ts'

/** From a score to a probability: p = 1 / (1 + exp(−(slope · score + intercept))). */
export interface PlattScaling {
  readonly slope: number
  readonly intercept: number
}

const mostSteps = 100

/**
 * Fits the probability that a pair shows one thing to its score, by most likelihood with Platt's
 * targets, (n₊ + 1) / (n₊ + 2) and 1 / (n₋ + 2), which keep it finite where the scores are apart.
 * @throws InvalidInput when one of the kinds has no pair
 * @see Platt 1999; Lin, Lin and Weng 2007
 */
export function plattScaling({ same, different }: PairScores): PlattScaling {
  if (same.length === 0 || different.length === 0)
    throw invalidInput(
      `calibration: ${same.length} pairs of one thing and ${different.length} of two; both are needed`,
    )
  const scores = [...same, ...different]
  const [held, missed] = [(same.length + 1) / (same.length + 2), 1 / (different.length + 2)]
  const targets = scores.map((_, i) => (i < same.length ? held : missed))
  const mean = scores.reduce((sum, score) => sum + score, 0) / scores.length
  const variance = scores.reduce((sum, score) => sum + (score - mean) ** 2, 0) / scores.length
  const scale = Math.sqrt(variance) || 1
  const xs = scores.map((score) => (score - mean) / scale)
  const [a, b] = mostLikely(xs, targets)
  return { slope: a / scale, intercept: b - (a * mean) / scale }
}

/** Newton's method on the log-likelihood, which is concave; a step that does not help is halved. */
function mostLikely(xs: readonly number[], targets: readonly number[]): [number, number] {
  let [a, b] = [0, 0]
  let loss = lossOf(xs, targets, a, b)
  for (let step = 0; step < mostSteps; step++) {
    let [ga, gb, haa, hab, hbb] = [0, 0, 1e-12, 0, 1e-12]
    xs.forEach((x, i) => {
      const p = probability(a * x + b)
      const [error, weight] = [p - targets[i]!, p * (1 - p)]
      ga += error * x
      gb += error
      haa += weight * x * x
      hab += weight * x
      hbb += weight
    })
    const determinant = haa * hbb - hab * hab
    const [da, db] = [(hbb * ga - hab * gb) / determinant, (haa * gb - hab * ga) / determinant]
    let length = 1
    while (length > 1e-10 && lossOf(xs, targets, a - length * da, b - length * db) > loss)
      length /= 2
    const [before, nextA, nextB] = [loss, a - length * da, b - length * db]
    loss = lossOf(xs, targets, nextA, nextB)
    if (!(loss < before)) break
    ;[a, b] = [nextA, nextB]
  }
  return [a, b]
}

function lossOf(xs: readonly number[], targets: readonly number[], a: number, b: number): number {
  return xs.reduce((sum, x, i) => {
    const z = a * x + b
    return sum + Math.max(z, 0) - targets[i]! * z + Math.log1p(Math.exp(-Math.abs(z)))
  }, 0)
}

/** The probability that a score means; see {@link PlattScaling}. */
export const plattProbability = ({ slope, intercept }: PlattScaling, score: number): number =>
  probability(slope * score + intercept)

const probability = (z: number): number => 1 / (1 + Math.exp(-z))

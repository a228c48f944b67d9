import type { WeightedDifference } from '../../encoders/index.ts'

/** How alike two vectors are; higher is more alike. */
export type CompareVectors = (a: Float32Array, b: Float32Array) => number

/** The comparison that a card names: a weighted difference, or the cosine of vectors of unit length. */
export function comparisonOf(comparison: WeightedDifference | undefined): CompareVectors {
  if (comparison === undefined) return innerProduct
  const { against, bias } = comparison
  return (a, b) => {
    let score = bias
    for (let i = 0; i < against; i++) score -= Math.abs(a[i]! - b[i]!)
    for (let i = against; i < a.length; i++) score += Math.abs(a[i]! - b[i]!)
    return score
  }
}

/** The inner product: the cosine of vectors of unit length. */
export function innerProduct(a: Float32Array, b: Float32Array): number {
  let sum = 0
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!
  return sum
}

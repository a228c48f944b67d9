import { assertPositive } from '../core/index.ts'
import {
  add,
  cast,
  div,
  greater,
  maximum,
  mul,
  reduceSum,
  relu,
  stopGradient,
  sub,
  unsqueeze,
  type Value,
} from '../onnx/index.ts'
import type { PairWeights } from './miners/multi-similarity.ts'
import { euclideanDistance, type Pairs } from './pairs.ts'

/** What {@link tripletMarginLoss} takes. */
export interface TripletOptions {
  readonly pairs: Pairs
  /** Which positives and negatives count, from a miner. */
  readonly weights: PairWeights
  /** How much farther than the positive a negative has to be, in Euclidean distance. */
  readonly margin: number
}

/**
 * Triplet margin loss over all triplets that the weights leave, averaged over those above zero.
 *
 *   L = mean max(0, d(a, p) − d(a, n) + α)
 *
 * @returns `loss` [] and `active` [], the number of triplets above zero
 * @throws InvalidInput when the margin is not positive
 * @see Ahemad et al. 2024, equation 2
 */
export function tripletMarginLoss({ pairs, weights, margin }: TripletOptions): {
  loss: Value
  active: Value
} {
  assertPositive('triplet: margin', margin, 0.2)
  const distance = euclideanDistance(pairs.similarity)
  const counted = mul(unsqueeze(weights.positive, [2]), unsqueeze(weights.negative, [1]))
  const hinge = relu(add(sub(unsqueeze(distance, [2]), unsqueeze(distance, [1])), margin))
  const terms = mul(counted, hinge) // [B, B, B]: anchor, positive, negative
  const active = stopGradient(reduceSum(cast(greater(terms, 0), 'float32')))
  return { loss: div(reduceSum(terms), maximum(active, 1)), active }
}

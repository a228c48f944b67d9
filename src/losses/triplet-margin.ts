import { assertPositive } from '../core/index.ts'
import {
  add,
  cast,
  div,
  greater,
  less,
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
  /** Count a triplet only where its negative is farther than its positive already (Schroff et al. 2015). */
  readonly semiHard?: boolean
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
export function tripletMarginLoss({ pairs, weights, margin, semiHard = false }: TripletOptions): {
  loss: Value
  active: Value
} {
  assertPositive('triplet: margin', margin, 0.2)
  const distance = euclideanDistance(pairs.similarity)
  const counted = mul(unsqueeze(weights.positive, [2]), unsqueeze(weights.negative, [1]))
  const nearer = sub(unsqueeze(distance, [2]), unsqueeze(distance, [1]))
  const hard = mul(counted, relu(add(nearer, margin))) // [B, B, B]: anchor, positive, negative
  const terms = semiHard ? mul(hard, cast(less(nearer, 0), 'float32')) : hard
  const active = stopGradient(reduceSum(cast(greater(terms, 0), 'float32')))
  return { loss: div(reduceSum(terms), maximum(active, 1)), active }
}

import {
  add,
  and,
  cast,
  greater,
  less,
  reduceMax,
  reduceMin,
  stopGradient,
  sub,
  type Value,
  where,
} from '../../onnx/index.ts'
import type { Pairs } from '../pairs.ts'

/** Which pairs of a batch a loss counts, as weights of 0 and 1. */
export interface PairWeights {
  /** [B, B] */
  readonly positive: Value
  /** [B, B] */
  readonly negative: Value
}

/**
 * Multi-similarity mining: of each anchor's pairs those that are hard beside its others.
 *
 *   negative n counts if s_an > min_p s_ap − ε;  positive p counts if s_ap < max_n s_an + ε
 *
 * @param epsilon how much easier than the hardest a pair may be; 0.1 is usual
 * @see Wang et al. 2019, equations 12 and 13
 */
export function multiSimilarityMiner(
  { similarity, positive, negative }: Pairs,
  { epsilon = 0.1 }: { readonly epsilon?: number } = {},
): PairWeights {
  const fixed = stopGradient(similarity)
  const row = { axes: [1], keepAxes: true }
  // 4 is above and -4 below every inner product of unit vectors
  const hardestPositive = reduceMin(where(positive, fixed, 4), row)
  const hardestNegative = reduceMax(where(negative, fixed, -4), row)
  return {
    positive: cast(and(positive, less(fixed, add(hardestNegative, epsilon))), 'float32'),
    negative: cast(and(negative, greater(fixed, sub(hardestPositive, epsilon))), 'float32'),
  }
}

import { assertPositive } from '../core/index.ts'
import {
  add,
  log,
  maximum,
  mul,
  neg,
  reduceMean,
  softplus,
  sub,
  type Value,
} from '../onnx/index.ts'
import { assertSameShape } from './assert-same-shape.ts'

/** What {@link binaryCrossEntropyWithLogits} takes. */
export interface BinaryLogits {
  /** Scores before the sigmoid. */
  readonly logits: Value
  /** The same shape; 1 where it holds, 0 where not, or a probability. */
  readonly targets: Value
  /** How many times as much a positive counts; 1 by default. */
  readonly positiveWeight?: number
}

/**
 * Binary cross entropy of the sigmoid of scores, exact however large they are:
 *
 *   L = mean (w t ln(1 + e⁻ˣ) + (1 − t) ln(1 + eˣ))
 *
 * @returns [] mean over all elements
 * @throws Shape when the shapes disagree; InvalidInput when the weight is not positive
 */
export function binaryCrossEntropyWithLogits(options: BinaryLogits): Value {
  const { logits, targets, positiveWeight = 1 } = options
  assertSameShape('binaryCrossEntropyWithLogits', { logits, targets })
  assertPositive('binaryCrossEntropyWithLogits: positive weight', positiveWeight, 1)
  const held = mul(targets, softplus(neg(logits)))
  const weighted = positiveWeight === 1 ? held : mul(held, positiveWeight)
  return reduceMean(add(weighted, mul(sub(1, targets), softplus(logits))))
}

/** What {@link binaryCrossEntropy} takes. */
export interface BinaryProbabilities {
  /** In [0, 1]. */
  readonly probabilities: Value
  /** The same shape; 1 where it holds, 0 where not, or a probability. */
  readonly targets: Value
}

/**
 * Binary cross entropy of probabilities:
 *
 *   L = −mean (t ln p + (1 − t) ln(1 − p))
 *
 * The logarithms end at ln 10⁻³⁸, beyond which no gradient passes. Where p is a sigmoid take
 * {@link binaryCrossEntropyWithLogits}: 1 − p is 0 in float32 from a score of 17 on.
 * @returns [] mean over all elements
 * @throws Shape when the shapes disagree
 */
export function binaryCrossEntropy({ probabilities, targets }: BinaryProbabilities): Value {
  assertSameShape('binaryCrossEntropy', { probabilities, targets })
  const safeLog = (x: Value): Value => log(maximum(x, 1e-38))
  const held = mul(targets, safeLog(probabilities))
  const missed = mul(sub(1, targets), safeLog(sub(1, probabilities)))
  return neg(reduceMean(add(held, missed)))
}

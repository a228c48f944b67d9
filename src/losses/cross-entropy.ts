import { assertBelowOne, shapeError } from '../core/index.ts'
import {
  add,
  gatherElements,
  logSoftmax,
  mul,
  neg,
  reduceMean,
  unsqueeze,
  type Value,
} from '../onnx/index.ts'
import { formatShape, sameShape } from '../tensor/index.ts'

/** What {@link crossEntropy} takes. */
export interface CrossEntropyOptions {
  /** [..., K], scores of K classes before the softmax. */
  readonly logits: Value
  /** [...] int64, the right class. */
  readonly labels: Value
  /** Share of the certainty that is spread over all classes, in [0, 1). */
  readonly smoothing?: number
}

/**
 * Cross entropy of the softmax with the right class, with label smoothing ε:
 *
 *   L = −mean ((1 − ε) ln p_y + ε / K Σ_k ln p_k),  p = softmax(logits)
 *
 * @returns [] mean over all rows
 * @throws Shape when labels and rows do not agree; InvalidInput when ε is out of its range
 * @see Szegedy et al. 2016, section 7 (label smoothing)
 */
export function crossEntropy({ logits, labels, smoothing = 0 }: CrossEntropyOptions): Value {
  assertBelowOne('crossEntropy: smoothing', smoothing, 0.1)
  if (logits.shape.length === 0 || !sameShape(labels.shape, logits.shape.slice(0, -1)))
    throw shapeError(
      `crossEntropy: labels ${formatShape(labels.shape)} do not fit logits ${formatShape(logits.shape)}; wanted [...] and [..., classes]`,
    )
  if (labels.dtype !== 'int64')
    throw shapeError(`crossEntropy: labels are ${labels.dtype}, they must be int64 class numbers`)
  const logs = logSoftmax(logits)
  const right = gatherElements(logs, unsqueeze(labels, [-1]), logs.shape.length - 1)
  const hard = neg(reduceMean(right))
  if (smoothing === 0) return hard
  return add(mul(hard, 1 - smoothing), mul(reduceMean(logs), -smoothing))
}

import { shapeError } from '../core/index.ts'
import { add, div, mul, reduceMean, reduceSum, sqrt, sub, type Value } from '../onnx/index.ts'
import { formatShape, sameShape } from '../tensor/index.ts'
import { assertSameShape } from './assert-same-shape.ts'

/** What {@link cosineLoss} takes. */
export interface CosinePairs {
  /** [B, ..., D] */
  readonly predicted: Value
  /** [B, ..., D] */
  readonly target: Value
  /** [B, ...] what each pair counts, 0 where one is missing; 1 by default. */
  readonly weights?: Value
}

/**
 * How far vectors point from where they should, summed over all but the first and last axis:
 *
 *   L = 1/B Σ_b Σ_k w_bk (1 − ⟨p_bk, t_bk⟩ / (‖p_bk‖ ‖t_bk‖))
 *
 * A vector of zeros has the cosine 0 with all others, and a finite gradient.
 * @returns [] mean over the batch
 * @throws Shape when the shapes disagree or there is one axis only
 * @see Ahemad et al. 2024, equation 1
 */
export function cosineLoss({ predicted, target, weights }: CosinePairs): Value {
  assertSameShape('cosineLoss', { predicted, target })
  const pairs = predicted.shape.slice(0, -1)
  if (pairs.length === 0 || (weights !== undefined && !sameShape(weights.shape, pairs)))
    throw shapeError(
      `cosineLoss: vectors ${formatShape(predicted.shape)}${weights === undefined ? '' : ` with weights ${formatShape(weights.shape)}`}; wanted [B, ..., D] and [B, ...]`,
    )
  const inner = (a: Value, b: Value): Value => reduceSum(mul(a, b), { axes: [-1] })
  const length = (x: Value): Value => sqrt(add(inner(x, x), 1e-12))
  const cosine = div(inner(predicted, target), mul(length(predicted), length(target)))
  const away = sub(1, cosine)
  const counted = weights === undefined ? away : mul(away, weights)
  return reduceMean(reduceSum(counted, { axes: pairs.map((_, i) => i).slice(1) }))
}

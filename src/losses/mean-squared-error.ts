import { mul, reduceMean, sub, type Value } from '../onnx/index.ts'
import { assertSameShape } from './assert-same-shape.ts'

/**
 * Mean squared error, L = mean (p − t)².
 * @returns [] mean over all elements
 * @throws Shape when the shapes disagree
 */
export function meanSquaredError(predicted: Value, target: Value): Value {
  assertSameShape('meanSquaredError', { predicted, target })
  const error = sub(predicted, target)
  return reduceMean(mul(error, error))
}

import { unsupportedOp } from '../core/index.ts'
import {
  add,
  floatOf,
  type GradientRule,
  intOf,
  mul,
  neg,
  pow,
  reduceSum,
  reshape,
  sub,
} from '../onnx/index.ts'

/**
 * y = scale · (x − mean) · r + shift, r = (variance + ε)^−½, for each channel: the gradients of all
 * five inputs, as if the statistics were independent of x.
 */
const batchNormalizationRule: GradientRule = (node, [gradient]) => {
  if (intOf(node.attributes, 'training_mode', 0) === 1)
    throw unsupportedOp(
      'BatchNormalization: with training_mode 1 it has no gradient rule; use the layer BatchNorm',
    )
  const [x, scale, , mean, variance] = node.inputs
  const dy = gradient!
  const perChannel = [1, x!.shape[1]!, ...x!.shape.slice(2).map(() => 1)]
  const axes = x!.shape.flatMap((_, i) => (i === 1 ? [] : [i]))
  const r = pow(add(variance!, floatOf(node.attributes, 'epsilon', 1e-5)), -0.5)
  const gain = mul(scale!, r)
  const sumDy = reduceSum(dy, { axes })
  const sumDyX = reduceSum(mul(dy, x!), { axes })
  const sumDyCentred = sub(sumDyX, mul(mean!, sumDy))
  return [
    mul(dy, reshape(gain, perChannel)),
    mul(sumDyCentred, r),
    sumDy,
    neg(mul(gain, sumDy)),
    mul(mul(sumDyCentred, scale!), mul(pow(r, 3), -0.5)),
  ]
}

/** Rules of normalisations. */
export const normalizationRules: Readonly<Record<string, GradientRule>> = {
  BatchNormalization: batchNormalizationRule,
}

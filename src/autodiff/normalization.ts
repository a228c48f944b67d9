import { unsupportedOp } from '../core/index.ts'
import {
  add,
  floatOf,
  type GradientRule,
  intOf,
  mul,
  type Node,
  neg,
  pow,
  sub,
  type Value,
} from '../onnx/index.ts'
import { sizeOf } from '../tensor/index.ts'
import { batchGradients } from './batch-gradients.ts'
import { alongChannels, channelSums } from './channels.ts'

const epsilonOf = (node: Node): number => floatOf(node.attributes, 'epsilon', 1e-5)

/**
 * y = scale · (x − mean) · r + shift, r = (variance + ε)^−½, for each channel: the gradients of all
 * five inputs, as if the statistics were independent of x.
 */
const inferenceRule: GradientRule = (node, [gradient]) => {
  const [x, scale, , mean, variance] = node.inputs as [Value, Value, Value, Value, Value]
  const dy = gradient!
  const r = pow(add(variance, epsilonOf(node)), -0.5)
  const gain = mul(scale, r)
  const sumDy = channelSums(dy)
  const sumDyCentred = sub(channelSums(mul(dy, x)), mul(mean, sumDy))
  return [
    mul(dy, alongChannels(gain, x)),
    mul(sumDyCentred, r),
    sumDy,
    neg(mul(gain, sumDy)),
    mul(mul(sumDyCentred, scale), mul(pow(r, 3), -0.5)),
  ]
}

/** With the statistics of the batch itself, whatever is said to be the running ones. */
const trainingRule: GradientRule = (node, [dy, ...ofRunning]) => {
  if (dy === undefined || ofRunning.some((one) => one !== undefined))
    throw unsupportedOp(
      'BatchNormalization: its running statistics have no gradient rule; put stopGradient behind them',
    )
  const [x, scale] = node.inputs as [Value, Value]
  const share = sizeOf(scale.shape) / sizeOf(x.shape)
  const centred = sub(x, alongChannels(mul(channelSums(x), share), x))
  const variance = mul(channelSums(mul(centred, centred)), share)
  return batchGradients({ centred, scale, variance, epsilon: epsilonOf(node) }, dy)
}

/** Rules of normalisations by channel. */
export const normalizationRules: Readonly<Record<string, GradientRule>> = {
  BatchNormalization: (node, given) =>
    (intOf(node.attributes, 'training_mode', 0) === 1 ? trainingRule : inferenceRule)(node, given),
}

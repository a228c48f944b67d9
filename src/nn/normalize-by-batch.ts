import {
  add,
  batchNormalization,
  compute,
  expand,
  float,
  floatOf,
  type GradientRule,
  mul,
  neg,
  type Parameter,
  pow,
  reduceMean,
  reduceSum,
  reshape,
  type StateUpdate,
  scalar,
  sub,
  type Value,
} from '../onnx/index.ts'
import { type Shape, sizeOf } from '../tensor/index.ts'
import type { Training } from './layer.ts'

/** What {@link normalizeByBatch} normalises with; all but x are [C]. */
export interface BatchNormalization {
  /** [N, C, ...] */
  readonly x: Value
  readonly scale: Value
  readonly shift: Value
  /** The running statistics. */
  readonly mean: Parameter
  readonly variance: Parameter
  readonly epsilon: number
  /** How much of a batch goes into the running statistics. */
  readonly momentum: number
}

/**
 * scale · (x − μ) / √(σ² + ε) + shift with μ and σ² of the batch itself, for each channel; the running
 * statistics move towards them (the variance unbiased, m / (m − 1), as in PyTorch).
 */
export function normalizeByBatch(given: BatchNormalization, { updates }: Training): Value {
  const { x, scale, shift, epsilon } = given
  const axes = axesOf(x.shape)
  const meanInPlace = reduceMean(x, { axes, keepAxes: true })
  const centred = sub(x, meanInPlace)
  const mean = reshape(meanInPlace, scale.shape)
  const variance = reduceMean(mul(centred, centred), { axes })
  const count = sizeOf(x.shape) / scale.shape[0]!
  const unbiased = mul(variance, count / Math.max(count - 1, 1))
  move(updates, given.mean, mul(mean, given.momentum), 1 - given.momentum)
  move(updates, given.variance, mul(unbiased, given.momentum), 1 - given.momentum)
  return compute({
    op: 'BatchNormalization',
    inputs: [x, scale, shift, mean, variance],
    attributes: { epsilon: float(epsilon) },
    outputs: [x],
    gradient: batchGradient,
  })[0]!
}

/** Moves a running statistic towards the batch's, from where an earlier application left it. */
function move(updates: StateUpdate[], state: Parameter, added: Value, kept: number): void {
  const earlier = updates.findIndex((update) => update.state === state)
  const running = updates[earlier]?.next ?? state
  const next = add(mul(running, kept), added)
  updates.splice(earlier < 0 ? updates.length : earlier, 1, { state, next })
}

/** All axes but that of the channels. */
const axesOf = (shape: Shape): number[] => shape.flatMap((_, axis) => (axis === 1 ? [] : [axis]))

/**
 * The gradient with μ and σ² of the batch itself, with r = (σ² + ε)^−½ and m values a channel:
 *
 *   dx = scale · r · (dy − Σdy / m − x̂ · Σ(dy · x̂) / m) = a · dy + (b · x + c)
 *
 * The bracket is one pass of onnxruntime's BatchNormalization kernel with b as scale and c as shift.
 */
const batchGradient: GradientRule = (node, [gradient]) => {
  const [x, scale, , mean, variance] = node.inputs as [Value, Value, Value, Value, Value]
  const dy = gradient!
  const channels = scale.shape
  const count = sizeOf(x.shape) / channels[0]!
  const r = pow(add(variance, floatOf(node.attributes, 'epsilon', 1e-5)), -0.5)
  const axes = axesOf(x.shape)
  const shift = reduceSum(dy, { axes })
  const sumDyX = reduceSum(mul(dy, x), { axes })
  const dScale = mul(r, sub(sumDyX, mul(mean, shift)))
  const a = mul(scale, r)
  const b = neg(mul(mul(a, r), mul(dScale, 1 / count)))
  const c = neg(add(mul(mul(a, shift), 1 / count), mul(b, mean)))
  const zero = expand(scalar(0), channels)
  const bracket = batchNormalization(x, {
    scale: b,
    shift: c,
    mean: zero,
    variance: expand(scalar(1), channels),
    epsilon: 0,
  })
  const perChannel = x.shape.map((size, axis) => (axis === 1 ? size : 1))
  const dx = add(mul(dy, reshape(a, perChannel)), bracket)
  return [dx, dScale, shift]
}

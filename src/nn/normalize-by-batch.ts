import { batchGradients } from '../autodiff/index.ts'
import {
  add,
  compute,
  expand,
  float,
  like,
  mul,
  type Parameter,
  reduceMean,
  reshape,
  type StateUpdate,
  stopGradient,
  sub,
  type Value,
} from '../onnx/index.ts'
import { sizeOf } from '../tensor/index.ts'
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
  const { x, scale, shift, epsilon, momentum } = given
  const mean = channelMeans(x)
  const centred = sub(x, stopGradient(mean))
  const channels = scale.shape
  const variance = reshape(channelMeans(mul(centred, centred)), channels)
  const count = sizeOf(x.shape) / sizeOf(channels)
  const unbiased = mul(variance, count / Math.max(count - 1, 1))
  move(updates, { state: given.mean, batch: reshape(mean, channels), momentum })
  move(updates, { state: given.variance, batch: unbiased, momentum })
  return compute({
    op: 'BatchNormalization',
    inputs: [centred, scale, shift, expand(like(0, x), channels), variance],
    attributes: { epsilon: float(epsilon) },
    outputs: [x],
    gradient: ({ inputs }, [dy]) =>
      batchGradients({ centred, scale: inputs[1]!, variance, epsilon }, dy!),
  })[0]!
}

/** Moves a running statistic towards the batch's, from where an earlier application left it. */
function move(
  updates: StateUpdate[],
  to: { readonly state: Parameter; readonly batch: Value; readonly momentum: number },
): void {
  const { state, batch, momentum } = to
  const earlier = updates.findIndex((update) => update.state === state)
  const running = updates[earlier]?.next ?? state
  const next = add(mul(running, 1 - momentum), mul(batch, momentum))
  updates.splice(earlier < 0 ? updates.length : earlier, 1, { state, next })
}

/**
 * The mean of each channel, over the places first: the last axes are what onnxruntime reduces best.
 * [N, C, ...] → [1, C, 1, ...]
 */
function channelMeans(x: Value): Value {
  const places = [...x.shape.keys()].slice(2)
  return reduceMean(reduceMean(x, { axes: places, keepAxes: true }), { axes: [0], keepAxes: true })
}

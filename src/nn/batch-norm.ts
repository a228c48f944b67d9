import { batchGradients } from '../autodiff/index.ts'
import {
  add,
  batchNormalization,
  compute,
  expand,
  float,
  like,
  mul,
  type Parameter,
  parameter,
  reduceMean,
  reshape,
  type StateUpdate,
  stopGradient,
  sub,
  type Value,
} from '../onnx/index.ts'
import { sizeOf, zeros } from '../tensor/index.ts'
import { full } from './initialize.ts'
import type { Layer, Mode } from './layer.ts'

/** Sizes and habits of a {@link BatchNorm} layer. */
export interface BatchNormOptions {
  readonly channels: number
  /** First value of the scale; 0 makes a residual block start as the identity. */
  readonly scale?: number
  /** How much of a batch goes into the running statistics. */
  readonly momentum?: number
}

const epsilon = 1e-5

/**
 * Batch normalisation, y = scale · (x − μ) / √(σ² + ε) + shift for each channel. [N, C, ...] → the same.
 *
 * In training μ and σ² are those of the batch, and the running statistics move towards them (the
 * variance unbiased, m / (m − 1), as in PyTorch), once for each time the layer is applied; in
 * inference the running ones are used.
 * @see Ioffe and Szegedy 2015
 */
export class BatchNorm implements Layer {
  readonly scale: Parameter // [C]
  readonly shift: Parameter // [C]
  readonly mean: Parameter // [C]
  readonly variance: Parameter // [C]
  readonly momentum: number

  constructor({ channels, scale = 1, momentum = 0.1 }: BatchNormOptions) {
    this.scale = parameter(full([channels], scale))
    this.shift = parameter(zeros([channels]))
    this.mean = parameter(zeros([channels]), 'statistic')
    this.variance = parameter(full([channels], 1), 'statistic')
    this.momentum = momentum
  }

  apply(x: Value, mode: Mode): Value {
    if (mode.kind === 'inference') return batchNormalization(x, { ...this, epsilon })
    const mean = channelMeans(x)
    const centred = sub(x, stopGradient(mean))
    const channels = this.scale.shape
    const variance = reshape(channelMeans(mul(centred, centred)), channels)
    const count = sizeOf(x.shape) / sizeOf(channels)
    this.#move(mode.updates, this.mean, reshape(mean, channels))
    this.#move(mode.updates, this.variance, mul(variance, count / Math.max(count - 1, 1)))
    return compute({
      op: 'BatchNormalization',
      inputs: [centred, this.scale, this.shift, expand(like(0, x), channels), variance],
      attributes: { epsilon: float(epsilon) },
      outputs: [x],
      gradient: ({ inputs: [, scale] }, [dy]) =>
        batchGradients({ centred, scale: scale!, variance, epsilon }, dy!),
    })[0]!
  }

  /** Moves a running statistic towards the batch's, from where an earlier application left it. */
  #move(updates: StateUpdate[], state: Parameter, batch: Value): void {
    const earlier = updates.findIndex((update) => update.state === state)
    const running = updates[earlier]?.next ?? state
    const next = add(mul(running, 1 - this.momentum), mul(batch, this.momentum))
    updates.splice(earlier < 0 ? updates.length : earlier, 1, { state, next })
  }
}

/**
 * The mean of each channel, over the places first: the last axes are what onnxruntime reduces best.
 * [N, C, ...] → [1, C, 1, ...]
 */
function channelMeans(x: Value): Value {
  const places = [...x.shape.keys()].slice(2)
  return reduceMean(reduceMean(x, { axes: places, keepAxes: true }), { axes: [0], keepAxes: true })
}

import {
  add,
  batchNormalization,
  compute,
  expand,
  float,
  type GradientRule,
  mul,
  neg,
  type Parameter,
  parameter,
  pow,
  reduceMean,
  reduceSum,
  reshape,
  type StateUpdate,
  scalar,
  sub,
  type Value,
} from '../onnx/index.ts'
import { type Shape, sizeOf, zeros } from '../tensor/index.ts'
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
    const axes = axesOf(x.shape)
    const meanInPlace = reduceMean(x, { axes, keepAxes: true })
    const centred = sub(x, meanInPlace)
    const channels = this.scale.shape
    const mean = reshape(meanInPlace, channels)
    const variance = reduceMean(mul(centred, centred), { axes })
    const count = sizeOf(x.shape) / channels[0]!
    const unbiased = mul(variance, count / Math.max(count - 1, 1))
    this.#move(mode.updates, this.mean, mean)
    this.#move(mode.updates, this.variance, unbiased)
    return compute({
      op: 'BatchNormalization',
      inputs: [x, this.scale, this.shift, mean, variance],
      attributes: { epsilon: float(epsilon) },
      outputs: [x],
      gradient: batchGradient,
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
  const r = pow(add(variance, epsilon), -0.5)
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

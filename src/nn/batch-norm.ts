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
  scalar,
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
 * Batch normalisation, y = scale · (x − μ) / √(σ² + ε) + shift for each channel. [N, C, H, W] → the same.
 *
 * In training μ and σ² are those of the batch, and the running statistics move towards them (the
 * variance unbiased, m / (m − 1), as in PyTorch); in inference the running ones are used.
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
    const axes = [0, 2, 3]
    const mean4 = reduceMean(x, { axes, keepAxes: true })
    const centred = sub(x, mean4)
    const channels = this.scale.shape
    const mean = reshape(mean4, channels)
    const variance = reduceMean(mul(centred, centred), { axes })
    const count = sizeOf(x.shape) / channels[0]!
    const unbiased = mul(variance, count / Math.max(count - 1, 1))
    mode.updates.push(
      { state: this.mean, next: this.#moved(this.mean, mean) },
      { state: this.variance, next: this.#moved(this.variance, unbiased) },
    )
    return compute({
      op: 'BatchNormalization',
      inputs: [x, this.scale, this.shift, mean, variance],
      attributes: { epsilon: float(epsilon) },
      outputs: [x],
      gradient: batchGradient,
    })[0]!
  }

  #moved(running: Value, batch: Value): Value {
    return add(mul(running, 1 - this.momentum), mul(batch, this.momentum))
  }
}

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
  const shift = reduceSum(dy, { axes: [0, 2, 3] })
  const sumDyX = reduceSum(mul(dy, x), { axes: [0, 2, 3] })
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
  const dx = add(mul(dy, reshape(a, [1, channels[0]!, 1, 1])), bracket)
  return [dx, dScale, shift]
}

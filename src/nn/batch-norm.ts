import { batchNormalization, type Parameter, parameter, type Value } from '../onnx/index.ts'
import { zeros } from '../tensor/index.ts'
import { full } from './initialize.ts'
import type { Layer, Mode } from './layer.ts'
import { normalizeByBatch } from './normalize-by-batch.ts'

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
    return mode.kind === 'inference'
      ? batchNormalization(x, { ...this, epsilon })
      : normalizeByBatch({ ...this, x, epsilon }, mode)
  }
}

import type { Rng } from '../core/index.ts'
import {
  abs,
  concat,
  flatten,
  maxPool,
  relu,
  reshape,
  sigmoid,
  slice,
  sub,
  unsqueeze,
  type Value,
} from '../onnx/index.ts'
import { BatchNorm } from './batch-norm.ts'
import { Conv } from './conv.ts'
import { Dropout } from './dropout.ts'
import type { Layer, Mode } from './layer.ts'
import { Linear } from './linear.ts'

/** One convolution of a {@link SiameseNet}. */
export interface SiameseConvolution {
  readonly outputs: number
  readonly kernel: number
}

/** Sizes of a {@link SiameseNet}; what is left out is that of Koch et al. */
export interface SiameseNetOptions {
  /** Height and width of the grey pictures; default 105. */
  readonly size?: number
  readonly convolutions?: readonly SiameseConvolution[]
  /** Values a picture is described by; default 4096. */
  readonly dimension?: number
  /** Normalise after each convolution and the description, which then also gets a ReLU; default true. */
  readonly batchNorm?: boolean
  /** Share of each description that is dropped in training; default 0. */
  readonly dropout?: number
}

const usualConvolutions: readonly SiameseConvolution[] = [
  { outputs: 64, kernel: 10 },
  { outputs: 128, kernel: 7 },
  { outputs: 128, kernel: 4 },
  { outputs: 256, kernel: 4 },
]

class Stage implements Layer {
  readonly conv: Conv
  readonly norm: BatchNorm | undefined

  constructor(sizes: SiameseConvolution & { inputs: number; batchNorm: boolean }, rng: Rng) {
    const { inputs, outputs, kernel, batchNorm } = sizes
    this.conv = new Conv({ inputs, outputs, kernel, padding: 0, bias: true }, rng)
    this.norm = batchNorm ? new BatchNorm({ channels: outputs }) : undefined
  }

  apply(x: Value, mode: Mode): Value {
    const y = this.conv.apply(x)
    return relu(this.norm?.apply(y, mode) ?? y)
  }
}

/**
 * Decides whether two pictures show the same one: both go through the same convolutions, and the
 * absolute difference of their descriptions is weighed. The first model of paper 004 is the one
 * without batch normalisation, its final model the one with it.
 * @see Koch et al. 2015, Siamese neural networks for one-shot image recognition
 */
export class SiameseNet implements Layer {
  readonly stages: readonly Stage[]
  readonly description: Linear
  readonly norm: BatchNorm | undefined
  readonly dropout: Dropout
  readonly head: Linear
  /** Values a picture is described by. */
  readonly dimension: number

  constructor(options: SiameseNetOptions, rng: Rng) {
    const { size = 105, convolutions = usualConvolutions } = options
    const { dimension = 4096, batchNorm = true, dropout = 0 } = options
    this.stages = convolutions.map(
      (sizes, i) =>
        new Stage({ ...sizes, batchNorm, inputs: convolutions[i - 1]?.outputs ?? 1 }, rng),
    )
    const side = convolutions.reduce(
      (before, { kernel }, i) => (i === 0 ? before : Math.floor(before / 2)) - kernel + 1,
      size,
    )
    const inputs = convolutions.at(-1)!.outputs * side * side
    this.description = new Linear({ inputs, outputs: dimension }, rng)
    this.norm = batchNorm ? new BatchNorm({ channels: dimension }) : undefined
    this.dropout = new Dropout({ rate: dropout })
    this.head = new Linear({ inputs: dimension, outputs: 1 }, rng)
    this.dimension = dimension
  }

  /** What describes a picture. [N, 1, size, size] → [N, dimension]. */
  apply(x: Value, mode: Mode): Value {
    return this.#settled(this.description.apply(this.#places(x, mode)), mode)
  }

  /** ln(p / (1 − p)) of the {@link similarity} p of pictures. [N, 1, size, size] twice → [N, 1]. */
  logits(one: Value, two: Value, mode: Mode): Value {
    // The matrix of the description is the largest part of all, so it is used once for both. They
    // alternate, so that nothing names the batch, which stays free in a served model.
    const places = [one, two].map((x) => unsqueeze(this.#places(x, mode), [1]))
    const both = concat(places, 1)
    const [, , values] = both.shape as [number, number, number]
    const described = reshape(this.description.apply(reshape(both, [-1, values])), [
      -1,
      2,
      this.dimension,
    ])
    const [a, b] = [0, 1].map((side) => {
      const rows = slice(described, [{ axis: 1, start: side, end: side + 1 }])
      return this.#settled(reshape(rows, [-1, this.dimension]), mode)
    })
    return this.head.apply(abs(sub(a!, b!)))
  }

  /** How likely two pictures are to show the same one. [N, 1, size, size] twice → [N, 1]. */
  similarity(one: Value, two: Value, mode: Mode): Value {
    return sigmoid(this.logits(one, two, mode))
  }

  /** What the convolutions see. [N, 1, size, size] → [N, channels · places]. */
  #places(x: Value, mode: Mode): Value {
    return flatten(
      this.stages.reduce((y, stage, i) => stage.apply(i === 0 ? y : maxPool(y, [2, 2]), mode), x),
    )
  }

  /** What follows the affine map of a description. */
  #settled(described: Value, mode: Mode): Value {
    const norm = this.norm?.apply(described, mode)
    return this.dropout.apply(norm === undefined ? described : relu(norm), mode)
  }
}

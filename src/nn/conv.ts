import type { Rng } from '../core/index.ts'
import { conv, type Parameter, parameter, type Value } from '../onnx/index.ts'
import { heNormal } from './initialize.ts'
import type { Layer } from './layer.ts'

/** Sizes of a {@link Conv} layer. */
export interface ConvLayerOptions {
  readonly inputs: number
  readonly outputs: number
  /** Side of the square kernel; the padding is half of it, rounded down. */
  readonly kernel: number
  readonly stride?: number
}

/** Square convolution without bias, as comes before a normalisation. [N, inputs, H, W] → [N, outputs, H', W']. */
export class Conv implements Layer {
  readonly weight: Parameter // [outputs, inputs, kernel, kernel]
  readonly stride: number

  constructor({ inputs, outputs, kernel, stride = 1 }: ConvLayerOptions, rng: Rng) {
    this.weight = parameter(heNormal([outputs, inputs, kernel, kernel], rng))
    this.stride = stride
  }

  apply(x: Value): Value {
    const side = Math.floor(this.weight.shape[2]! / 2)
    return conv(x, this.weight, {
      strides: [this.stride, this.stride],
      pads: [side, side, side, side],
    })
  }
}

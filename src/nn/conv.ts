import { invalidInput, type Rng } from '../core/index.ts'
import { conv, type Parameter, parameter, type Value } from '../onnx/index.ts'
import { zeros } from '../tensor/index.ts'
import { heNormal, type Initialize } from './initialize.ts'
import type { Layer } from './layer.ts'

/** Sizes of a {@link Conv} layer; pairs are [height, width]. */
export interface ConvLayerOptions {
  readonly inputs: number
  readonly outputs: number
  readonly kernel: number | readonly [number, number]
  readonly stride?: number
  /** Zeros on each side; default: half the kernel, rounded down. */
  readonly padding?: number | readonly [number, number]
  /** Channels are cut into this many groups that do not see each other; default 1. */
  readonly groups?: number
  /** Default: none, as before a normalisation. */
  readonly bias?: boolean
  readonly initialize?: Initialize
}

/** Two-dimensional convolution. [N, inputs, H, W] → [N, outputs, H', W']. */
export class Conv implements Layer {
  readonly weight: Parameter // [outputs, inputs / groups, kH, kW]
  readonly bias: Parameter | undefined // [outputs]
  readonly stride: number
  readonly padding: readonly [number, number]
  readonly groups: number

  /** @throws InvalidInput when the groups do not divide inputs and outputs */
  constructor(options: ConvLayerOptions, rng: Rng) {
    const { inputs, outputs, stride = 1, groups = 1, bias = false } = options
    if (inputs % groups !== 0 || outputs % groups !== 0)
      throw invalidInput(
        `Conv: ${groups} groups do not divide ${inputs} inputs and ${outputs} outputs; choose a number that divides both`,
      )
    const { initialize = heNormal('out') } = options
    const kernel = pair(options.kernel)
    this.weight = parameter(initialize([outputs, inputs / groups, ...kernel], rng))
    this.bias = bias ? parameter(zeros([outputs])) : undefined
    this.stride = stride
    this.padding = pair(options.padding ?? [half(kernel[0]), half(kernel[1])])
    this.groups = groups
  }

  apply(x: Value): Value {
    const [high, wide] = this.padding
    return conv(x, this.weight, {
      strides: [this.stride, this.stride],
      pads: [high, wide, high, wide],
      groups: this.groups,
      ...(this.bias === undefined ? {} : { bias: this.bias }),
    })
  }
}

const half = (size: number): number => Math.floor(size / 2)

function pair(size: number | readonly [number, number]): readonly [number, number] {
  return typeof size === 'number' ? [size, size] : size
}

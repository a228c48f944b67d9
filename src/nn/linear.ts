import type { Rng } from '../core/index.ts'
import { gemm, type Parameter, parameter, type Value } from '../onnx/index.ts'
import { zeros } from '../tensor/index.ts'
import { type Initialize, uniformByInputs } from './initialize.ts'
import type { Layer } from './layer.ts'

/** Sizes of a {@link Linear} layer. */
export interface LinearOptions {
  readonly inputs: number
  readonly outputs: number
  readonly initialize?: Initialize
}

/** Affine map of rows, y = x Wᵀ + b. [N, inputs] → [N, outputs]. */
export class Linear implements Layer {
  readonly weight: Parameter // [outputs, inputs]
  readonly bias: Parameter // [outputs]

  constructor({ inputs, outputs, initialize = uniformByInputs }: LinearOptions, rng: Rng) {
    this.weight = parameter(initialize([outputs, inputs], rng))
    this.bias = parameter(zeros([outputs]))
  }

  apply(x: Value): Value {
    return gemm(x, this.weight, { transposeB: true, bias: this.bias })
  }
}

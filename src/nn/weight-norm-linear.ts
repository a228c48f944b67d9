import type { Rng } from '../core/index.ts'
import { gemm, type Parameter, parameter, type Value } from '../onnx/index.ts'
import { truncatedNormal } from './initialize.ts'
import type { Layer } from './layer.ts'
import type { LinearOptions } from './linear.ts'
import { unitLength } from './unit-length.ts'

/**
 * Map of rows whose weights count by their direction alone, y_k = ⟨x, v_k⟩ / ‖v_k‖: weight
 * normalisation with every length fixed to 1. [N, inputs] → [N, outputs].
 * @see Salimans and Kingma 2016; Caron et al. 2021, appendix C
 */
export class WeightNormLinear implements Layer {
  readonly direction: Parameter // [outputs, inputs]

  constructor(options: LinearOptions, rng: Rng) {
    const { inputs, outputs, initialize = truncatedNormal(0.02) } = options
    this.direction = parameter(initialize([outputs, inputs], rng))
  }

  apply(x: Value): Value {
    return gemm(x, unitLength(this.direction), { transposeB: true })
  }
}

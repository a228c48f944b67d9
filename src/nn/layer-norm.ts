import { layerNormalization, type Parameter, parameter, type Value } from '../onnx/index.ts'
import { zeros } from '../tensor/index.ts'
import { full } from './initialize.ts'
import type { Layer } from './layer.ts'

/** Sizes of a {@link LayerNorm}. */
export interface LayerNormOptions {
  /** Values a row. */
  readonly dimension: number
  /** Added to the variance; default 1e-5. */
  readonly epsilon?: number
}

/** Layer normalisation of the last axis, y = scale · (x − μ) / √(σ² + ε) + shift. [..., D] → [..., D]. @see Ba et al. 2016 */
export class LayerNorm implements Layer {
  readonly scale: Parameter // [D]
  readonly shift: Parameter // [D]
  readonly epsilon: number

  constructor({ dimension, epsilon = 1e-5 }: LayerNormOptions) {
    this.scale = parameter(full([dimension], 1))
    this.shift = parameter(zeros([dimension]))
    this.epsilon = epsilon
  }

  apply(x: Value): Value {
    return layerNormalization(x, this)
  }
}

import type { Rng } from '../core/index.ts'
import { gelu, type Value } from '../onnx/index.ts'
import { heNormal } from './initialize.ts'
import type { Layer } from './layer.ts'
import { Mlp } from './mlp.ts'
import { unitLength } from './unit-length.ts'
import { WeightNormLinear } from './weight-norm-linear.ts'

/** Sizes of a {@link DinoHead}. */
export interface DinoHeadOptions {
  readonly inputs: number
  /** Values of each of the two hidden layers; 2048 in the paper. */
  readonly hidden: number
  /** Values of the vector of unit length that is compared with the prototypes; 256 in the paper. */
  readonly bottleneck: number
  /** K; 65536 in the paper. */
  readonly prototypes: number
}

/**
 * The projection head of self-distillation: three layers with GELU, unit length, then the cosine with each
 * of K prototypes. [N, inputs] → [N, prototypes].
 * @see Caron et al. 2021, section 3.1 and appendix C
 */
export class DinoHead implements Layer {
  readonly mlp: Mlp
  readonly prototypes: WeightNormLinear

  constructor({ inputs, hidden, bottleneck, prototypes }: DinoHeadOptions, rng: Rng) {
    const widths = [inputs, hidden, hidden, bottleneck]
    this.mlp = new Mlp({ widths, activation: gelu, initialize: heNormal('in') }, rng)
    this.prototypes = new WeightNormLinear({ inputs: bottleneck, outputs: prototypes }, rng)
  }

  apply(x: Value): Value {
    return this.prototypes.apply(unitLength(this.mlp.apply(x)))
  }
}

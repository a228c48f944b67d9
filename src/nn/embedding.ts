import type { Rng } from '../core/index.ts'
import { gather, type Parameter, parameter, type Value } from '../onnx/index.ts'
import { type Initialize, normal } from './initialize.ts'
import type { Layer } from './layer.ts'

/** Sizes of an {@link Embedding}. */
export interface EmbeddingOptions {
  /** How many things have a vector. */
  readonly count: number
  readonly dimension: number
  /** Default: the standard normal distribution. */
  readonly initialize?: Initialize
}

/** A learned vector for each of some numbered things. Integers [...] → [..., dimension]. */
export class Embedding implements Layer {
  readonly table: Parameter // [count, dimension]

  constructor({ count, dimension, initialize = normal(1) }: EmbeddingOptions, rng: Rng) {
    this.table = parameter(initialize([count, dimension], rng))
  }

  /** @param numbers int64 or int32, 0 up to count − 1 */
  apply(numbers: Value): Value {
    return gather(this.table, numbers)
  }
}

import { invalidInput } from '../core/index.ts'
import { cast, less, mul, type Value } from '../onnx/index.ts'
import type { Layer, Mode } from './layer.ts'
import { randomTable } from './random-table.ts'

/** Settings of a {@link Dropout} layer. */
export interface DropoutOptions {
  /** Share of the elements that become 0, in [0, 1). */
  readonly rate: number
}

/**
 * Sets elements to 0 by chance and scales the others up, y = x · mask / (1 − rate), in training;
 * the identity in inference. [...] → the same.
 *
 * The mask follows from the training's seed, the layer's place in the graph and the number of the
 * step, so a run that is resumed drops the same elements. The rate is kept to 1/65536.
 * @see Srivastava et al. 2014
 */
export class Dropout implements Layer {
  readonly rate: number

  /** @throws InvalidInput when the rate is outside [0, 1) */
  constructor({ rate }: DropoutOptions) {
    if (!(rate >= 0 && rate < 1))
      throw invalidInput(`Dropout: rate is ${rate}, it must be in [0, 1); 0.1 to 0.5 is usual`)
    this.rate = rate
  }

  apply(x: Value, mode: Mode): Value {
    if (mode.kind === 'inference' || this.rate === 0) return x
    const kept = Math.min(Math.max(Math.round((1 - this.rate) * 65536), 1), 65535)
    const keep = less(randomTable(x.shape, mode), kept * 65536 - 2 ** 31)
    return mul(x, mul(cast(keep, x.dtype), 65536 / kept))
  }
}

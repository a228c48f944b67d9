import type { Rng } from '../core/index.ts'
import { invalidInput } from '../core/index.ts'
import { relu, type Value } from '../onnx/index.ts'
import type { Initialize } from './initialize.ts'
import type { Layer } from './layer.ts'
import { Linear } from './linear.ts'

/** Sizes of an {@link Mlp}. */
export interface MlpOptions {
  /** Values a row: of the input, of each hidden layer, of the output. */
  readonly widths: readonly number[]
  /** What follows each layer but the last; default ReLU. */
  readonly activation?: (x: Value) => Value
  readonly initialize?: Initialize
}

/** Multi-layer perceptron: affine maps of rows with a nonlinearity between them. [N, widths[0]] → [N, widths.at(-1)]. */
export class Mlp implements Layer {
  readonly layers: readonly Linear[]
  readonly activation: (x: Value) => Value

  /** @throws InvalidInput when there are fewer than two widths */
  constructor({ widths, activation = relu, ...rest }: MlpOptions, rng: Rng) {
    if (widths.length < 2)
      throw invalidInput(
        `Mlp: widths [${widths.join(', ')}] make no layer; give those of input and output at least`,
      )
    this.layers = widths
      .slice(1)
      .map((outputs, i) => new Linear({ inputs: widths[i]!, outputs, ...rest }, rng))
    this.activation = activation
  }

  apply(x: Value): Value {
    return this.layers.reduce((y, layer, i) => layer.apply(i === 0 ? y : this.activation(y)), x)
  }
}

import type { Rng } from '../../core/index.ts'
import {
  CompactConvNet,
  type CompactConvNetOptions,
  type Layer,
  Linear,
  type Mode,
  unitLength,
} from '../../nn/index.ts'
import {
  add,
  exp,
  flatten,
  gather,
  globalAveragePool,
  integers,
  matmul,
  mul,
  type Parameter,
  parameter,
  transpose,
  type Value,
} from '../../onnx/index.ts'
import { tensor } from '../../tensor/index.ts'

/** Odds begin as 10 · cosine − 5: even at a cosine of a half. */
const [firstScale, firstBias] = [10, -5]

/** Sizes of a {@link CosineNetwork}. */
export interface CosineNetworkOptions extends CompactConvNetOptions {
  /** Pixels a side of the pictures. */
  readonly size: number
  /** Whether the vector follows from what is where in the picture, or from its mean over all places. */
  readonly places: boolean
}

/** A network whose vectors are compared by their cosine, with what turns a cosine into odds. */
export class CosineNetwork implements Layer {
  readonly stages: readonly Layer[]
  readonly head: Linear
  readonly logScale: Parameter // [1]
  readonly bias: Parameter // [1]
  readonly #places: boolean

  constructor({ size, places, ...sizes }: CosineNetworkOptions, rng: Rng) {
    const { stages } = new CompactConvNet(sizes, rng)
    const channels = sizes.widths.at(-1)!
    const side = sizes.widths.reduce((before) => Math.ceil(before / 2), size)
    this.stages = stages
    this.head = new Linear(
      { inputs: places ? channels * side * side : channels, outputs: sizes.dimension },
      rng,
    )
    this.logScale = parameter(tensor('float32', [1], Float32Array.of(Math.log(firstScale))))
    this.bias = parameter(tensor('float32', [1], Float32Array.of(firstBias)))
    this.#places = places
  }

  /** Rows of unit length. [N, 3, S, S] → [N, D]. */
  apply(pictures: Value, mode: Mode): Value {
    const map = this.stages.reduce((y, stage) => stage.apply(y, mode), pictures)
    const features = flatten(this.#places ? map : globalAveragePool(map))
    return unitLength(this.head.apply(features))
  }

  /** Logarithms of the odds that pictures show the same, of all pairs. [N, 3, S, S] → [N, N]. */
  logits(pictures: Value, mode: Mode): Value {
    const vectors = this.apply(pictures, mode)
    const cosines = matmul(vectors, transpose(vectors))
    return add(mul(cosines, exp(this.logScale)), this.bias)
  }

  /** The mean of what pictures and their mirror images give. [N, 3, S, S] → [N, D]. */
  mirrored(pictures: Value): Value {
    const width = pictures.shape[3]!
    const backwards = integers(Array.from({ length: width }, (_, i) => width - 1 - i))
    const mode = { kind: 'inference' } as const
    const both = [pictures, gather(pictures, backwards, 3)].map((x) => this.apply(x, mode))
    return unitLength(add(both[0]!, both[1]!))
  }

  /** Scale and bias as numbers. */
  odds(): { readonly scale: number; readonly bias: number } {
    return {
      scale: Math.exp(this.logScale.data[0] as number),
      bias: this.bias.data[0] as number,
    }
  }
}

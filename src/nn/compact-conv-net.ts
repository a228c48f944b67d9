import type { Rng } from '../core/index.ts'
import { flatten, globalAveragePool, relu, type Value } from '../onnx/index.ts'
import { BatchNorm } from './batch-norm.ts'
import { Conv } from './conv.ts'
import type { Layer, Mode } from './layer.ts'
import { Linear } from './linear.ts'
import { ResidualBlock } from './residual-block.ts'
import { unitLength } from './unit-length.ts'

/** Sizes of a {@link CompactConvNet}. */
export interface CompactConvNetOptions {
  /** Channels of the stem and of each stage; every one halves height and width. */
  readonly widths: readonly number[]
  /** Residual blocks of each stage (the stem has none). */
  readonly blocks: readonly number[]
  /** Values in the vector that comes out. */
  readonly dimension: number
}

class Stage implements Layer {
  readonly conv: Conv
  readonly norm: BatchNorm
  readonly blocks: readonly ResidualBlock[]

  constructor(sizes: { inputs: number; outputs: number; blocks: number }, rng: Rng) {
    const { inputs, outputs, blocks } = sizes
    this.conv = new Conv({ inputs, outputs, kernel: 3, stride: 2 }, rng)
    this.norm = new BatchNorm({ channels: outputs })
    this.blocks = Array.from(
      { length: blocks },
      () => new ResidualBlock({ channels: outputs }, rng),
    )
  }

  apply(x: Value, mode: Mode): Value {
    let y = relu(this.norm.apply(this.conv.apply(x), mode))
    for (const block of this.blocks) y = block.apply(y, mode)
    return y
  }
}

/**
 * A small residual network that turns a picture into a vector of unit length: strided stages of
 * residual blocks, the mean over all places, a linear head. It takes any picture size.
 * [N, 3, H, W] → [N, dimension].
 */
export class CompactConvNet implements Layer {
  readonly stages: readonly Stage[]
  readonly head: Linear

  constructor({ widths, blocks, dimension }: CompactConvNetOptions, rng: Rng) {
    this.stages = widths.map(
      (outputs, i) =>
        new Stage(
          { inputs: widths[i - 1] ?? 3, outputs, blocks: i === 0 ? 0 : (blocks[i - 1] ?? 0) },
          rng,
        ),
    )
    this.head = new Linear({ inputs: widths.at(-1)!, outputs: dimension }, rng)
  }

  /** The picture's features before the head. [N, 3, H, W] → [N, widths.at(-1)]. */
  features(x: Value, mode: Mode): Value {
    return flatten(globalAveragePool(this.stages.reduce((y, stage) => stage.apply(y, mode), x)))
  }

  apply(x: Value, mode: Mode): Value {
    return unitLength(this.head.apply(this.features(x, mode)))
  }
}

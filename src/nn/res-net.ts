import type { Rng } from '../core/index.ts'
import { flatten, globalAveragePool, maxPool, relu, type Value } from '../onnx/index.ts'
import { BatchNorm } from './batch-norm.ts'
import { Bottleneck, bottleneckExpansion } from './bottleneck.ts'
import { Conv } from './conv.ts'
import type { Layer, Mode } from './layer.ts'
import { Linear } from './linear.ts'
import { Rematerialized } from './rematerialized.ts'
import { ResidualBlock } from './residual-block.ts'

/** Sizes of a {@link ResNet}. */
export interface ResNetOptions {
  readonly block: 'basic' | 'bottleneck'
  /** Blocks of each stage; every stage but the first halves height and width. */
  readonly blocks: readonly number[]
  /** Channels of the stem and of the first stage's 3 × 3 convolutions, doubled by each stage; default 64. */
  readonly width?: number
  /** Outputs of the head; left out, there is none and the features come out. */
  readonly classes?: number
  /** Whether residual blocks begin as the identity; default true. */
  readonly startAsIdentity?: boolean
  /** Compute what is inside a block once more in the backward pass instead of keeping it; default false. */
  readonly rematerialize?: boolean
}

/** The networks of He et al. 2016, table 1, by their depth. */
export const resNetSizes = {
  18: { block: 'basic', blocks: [2, 2, 2, 2] },
  34: { block: 'basic', blocks: [3, 4, 6, 3] },
  50: { block: 'bottleneck', blocks: [3, 4, 6, 3] },
  101: { block: 'bottleneck', blocks: [3, 4, 23, 3] },
} as const satisfies Readonly<Record<number, ResNetOptions>>

/**
 * Residual network with a 7 × 7 stem and max-pooling, laid out as in torchvision. It takes any picture
 * size. [N, 3, H, W] → [N, classes], or [N, dimension] without a head.
 * @see He et al. 2016
 */
export class ResNet implements Layer {
  readonly conv: Conv
  readonly norm: BatchNorm
  readonly stages: readonly (readonly Layer[])[]
  readonly head: Linear | undefined
  readonly rematerialize: boolean
  /** Values a picture has before the head. */
  readonly dimension: number

  constructor(options: ResNetOptions, rng: Rng) {
    const { blocks, width = 64, classes, startAsIdentity = true } = options
    const [Block, expansion] =
      options.block === 'basic' ? [ResidualBlock, 1] : [Bottleneck, bottleneckExpansion]
    this.conv = new Conv({ inputs: 3, outputs: width, kernel: 7, stride: 2 }, rng)
    this.norm = new BatchNorm({ channels: width })
    let inputs = width
    this.stages = blocks.map((count, stage) =>
      Array.from({ length: count }, (_, i) => {
        const channels = width * 2 ** stage
        const stride = stage > 0 && i === 0 ? 2 : 1
        const block = new Block({ channels, inputs, stride, startAsIdentity }, rng)
        inputs = channels * expansion
        return block
      }),
    )
    this.dimension = inputs
    this.rematerialize = options.rematerialize ?? false
    this.head = classes === undefined ? undefined : new Linear({ inputs, outputs: classes }, rng)
  }

  /** What each place shows, before the mean over all of them. [N, 3, H, W] → [N, dimension, H / 32, W / 32]. */
  maps(x: Value, mode: Mode): Value {
    const stem = relu(this.norm.apply(this.conv.apply(x), mode))
    const pooled = maxPool(stem, [3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] })
    const kept = (block: Layer): Layer => (this.rematerialize ? new Rematerialized(block) : block)
    return this.stages.flat().reduce((y, block) => kept(block).apply(y, mode), pooled)
  }

  /** The picture's features before the head. [N, 3, H, W] → [N, dimension]. */
  features(x: Value, mode: Mode): Value {
    return flatten(globalAveragePool(this.maps(x, mode)))
  }

  apply(x: Value, mode: Mode): Value {
    const features = this.features(x, mode)
    return this.head?.apply(features) ?? features
  }
}

import type { Rng } from '../core/index.ts'
import { add, relu, type Value } from '../onnx/index.ts'
import { BatchNorm } from './batch-norm.ts'
import { Conv } from './conv.ts'
import type { Layer, Mode } from './layer.ts'
import type { BlockOptions } from './residual-block.ts'
import { type Shortcut, shortcutFor } from './shortcut.ts'

/** How many times the channels of its 3 × 3 convolution a {@link Bottleneck} puts out. */
export const bottleneckExpansion = 4

/**
 * relu(s(x) + f(x)), f a 3 × 3 convolution between two of 1 × 1, each with batch normalisation, s the
 * identity or a projection. The stride lies in the 3 × 3 convolution, as in torchvision.
 * [N, inputs, H, W] → [N, 4 · channels, H / stride, W / stride].
 * @see He et al. 2016, section 4.1
 */
export class Bottleneck implements Layer {
  readonly conv1: Conv
  readonly norm1: BatchNorm
  readonly conv2: Conv
  readonly norm2: BatchNorm
  readonly conv3: Conv
  readonly norm3: BatchNorm
  readonly shortcut: Shortcut | undefined

  constructor(options: BlockOptions, rng: Rng) {
    const outputs = bottleneckExpansion * options.channels
    const { channels, inputs = outputs, stride = 1, startAsIdentity = true } = options
    this.conv1 = new Conv({ inputs, outputs: channels, kernel: 1 }, rng)
    this.norm1 = new BatchNorm({ channels })
    this.conv2 = new Conv({ inputs: channels, outputs: channels, kernel: 3, stride }, rng)
    this.norm2 = new BatchNorm({ channels })
    this.conv3 = new Conv({ inputs: channels, outputs, kernel: 1 }, rng)
    this.norm3 = new BatchNorm({ channels: outputs, scale: startAsIdentity ? 0 : 1 })
    this.shortcut = shortcutFor({ inputs, outputs, stride }, rng)
  }

  apply(x: Value, mode: Mode): Value {
    const narrow = relu(this.norm1.apply(this.conv1.apply(x), mode))
    const inner = relu(this.norm2.apply(this.conv2.apply(narrow), mode))
    const past = this.shortcut?.apply(x, mode) ?? x
    return relu(add(past, this.norm3.apply(this.conv3.apply(inner), mode)))
  }
}

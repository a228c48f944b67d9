import type { Rng } from '../core/index.ts'
import { add, relu, type Value } from '../onnx/index.ts'
import { BatchNorm } from './batch-norm.ts'
import { Conv } from './conv.ts'
import type { Layer, Mode } from './layer.ts'

/** relu(x + f(x)), f two 3 × 3 convolutions with batch normalisation. [N, C, H, W] → the same. @see He et al. 2016 */
export class ResidualBlock implements Layer {
  readonly conv1: Conv
  readonly norm1: BatchNorm
  readonly conv2: Conv
  readonly norm2: BatchNorm

  constructor({ channels }: { readonly channels: number }, rng: Rng) {
    const sizes = { inputs: channels, outputs: channels, kernel: 3 }
    this.conv1 = new Conv(sizes, rng)
    this.norm1 = new BatchNorm({ channels })
    this.conv2 = new Conv(sizes, rng)
    // Starting at 0 the block begins as the identity, which steadies early training.
    this.norm2 = new BatchNorm({ channels, scale: 0 })
  }

  apply(x: Value, mode: Mode): Value {
    const inner = relu(this.norm1.apply(this.conv1.apply(x), mode))
    return relu(add(x, this.norm2.apply(this.conv2.apply(inner), mode)))
  }
}

import type { Rng } from '../core/index.ts'
import { add, relu, type Value } from '../onnx/index.ts'
import { BatchNorm } from './batch-norm.ts'
import { Conv } from './conv.ts'
import type { Layer, Mode } from './layer.ts'
import { type Shortcut, shortcutFor } from './shortcut.ts'

/** Sizes of a {@link ResidualBlock} or a {@link Bottleneck}. */
export interface BlockOptions {
  /** Channels of the 3 × 3 convolutions. */
  readonly channels: number
  /** Channels that come in; default: as many as go out. */
  readonly inputs?: number
  readonly stride?: number
  /** Begin as the identity (the last scale is 0), which steadies early training; default true. */
  readonly startAsIdentity?: boolean
}

/**
 * relu(s(x) + f(x)), f two 3 × 3 convolutions with batch normalisation, s the identity or a
 * projection. [N, inputs, H, W] → [N, channels, H / stride, W / stride].
 * @see He et al. 2016
 */
export class ResidualBlock implements Layer {
  readonly conv1: Conv
  readonly norm1: BatchNorm
  readonly conv2: Conv
  readonly norm2: BatchNorm
  readonly shortcut: Shortcut | undefined

  constructor(options: BlockOptions, rng: Rng) {
    const { channels, inputs = channels, stride = 1, startAsIdentity = true } = options
    this.conv1 = new Conv({ inputs, outputs: channels, kernel: 3, stride }, rng)
    this.norm1 = new BatchNorm({ channels })
    this.conv2 = new Conv({ inputs: channels, outputs: channels, kernel: 3 }, rng)
    this.norm2 = new BatchNorm({ channels, scale: startAsIdentity ? 0 : 1 })
    this.shortcut = shortcutFor({ inputs, outputs: channels, stride }, rng)
  }

  apply(x: Value, mode: Mode): Value {
    const inner = relu(this.norm1.apply(this.conv1.apply(x), mode))
    const past = this.shortcut?.apply(x, mode) ?? x
    return relu(add(past, this.norm2.apply(this.conv2.apply(inner), mode)))
  }
}

import type { Rng } from '../core/index.ts'
import type { Value } from '../onnx/index.ts'
import { BatchNorm } from './batch-norm.ts'
import { Conv } from './conv.ts'
import type { Layer, Mode } from './layer.ts'

/** What a {@link Shortcut} leads from and to. */
export interface ShortcutOptions {
  readonly inputs: number
  readonly outputs: number
  readonly stride: number
}

/**
 * The way past a residual block that changes channels or size: a 1 × 1 convolution with batch
 * normalisation (projection, "option B"). [N, inputs, H, W] → [N, outputs, H / stride, W / stride].
 * @see He et al. 2016, section 3.3
 */
export class Shortcut implements Layer {
  readonly conv: Conv
  readonly norm: BatchNorm

  constructor({ inputs, outputs, stride }: ShortcutOptions, rng: Rng) {
    this.conv = new Conv({ inputs, outputs, kernel: 1, stride }, rng)
    this.norm = new BatchNorm({ channels: outputs })
  }

  apply(x: Value, mode: Mode): Value {
    return this.norm.apply(this.conv.apply(x), mode)
  }
}

/** The shortcut of a block with these sizes; undefined where its input fits its output as it is. */
export function shortcutFor(sizes: ShortcutOptions, rng: Rng): Shortcut | undefined {
  const fits = sizes.inputs === sizes.outputs && sizes.stride === 1
  return fits ? undefined : new Shortcut(sizes, rng)
}

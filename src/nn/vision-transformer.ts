import { assertPositive, invalidInput, type Rng, shapeError } from '../core/index.ts'
import {
  add,
  concat,
  type Parameter,
  pad,
  parameter,
  reduceMean,
  reshape,
  slice,
  transpose,
  type Value,
} from '../onnx/index.ts'
import { formatShape } from '../tensor/index.ts'
import { truncatedNormal } from './initialize.ts'
import type { Layer, Mode } from './layer.ts'
import { LayerNorm } from './layer-norm.ts'
import { Linear } from './linear.ts'
import { patchesOf } from './patches.ts'
import { Rematerialized } from './rematerialized.ts'
import { TransformerBlock } from './transformer-block.ts'

/** Sizes of a {@link VisionTransformer}. */
export interface VisionTransformerOptions {
  /** Height and width of the pictures, multiples of the patch. */
  readonly size: number | readonly [number, number]
  /** Side of a square patch in pixels. */
  readonly patch: number
  readonly dimension: number
  /** How many blocks. */
  readonly depth: number
  readonly heads: number
  /** Values of each block's hidden layer; default: four times the dimension. */
  readonly hidden?: number
  /** What stands for the whole picture: a learned token or the mean of all patches; default `class`. */
  readonly pooling?: 'class' | 'mean'
  /** Learned tokens that only take notes; default none. @see Darcet et al. 2024 */
  readonly registers?: number
  /** First value of a scale of each part of a block, as in DINOv2; left out, there is none. */
  readonly layerScale?: number
  /** Outputs of the head; left out, there is none and the features come out. */
  readonly classes?: number
  /** Compute what is inside a block once more in the backward pass instead of keeping it; default false. */
  readonly rematerialize?: boolean
}

/** The usual networks by their size; the patch and the picture's size are still to be chosen. */
export const visionTransformerSizes = {
  tiny: { dimension: 192, depth: 12, heads: 3 },
  small: { dimension: 384, depth: 12, heads: 6 },
  base: { dimension: 768, depth: 12, heads: 12 },
} as const

const initialize = truncatedNormal(0.02)
const epsilon = 1e-6

/**
 * Vision transformer: a picture's patches as tokens of a pre-norm transformer.
 * [N, 3, H, W] → [N, classes], or [N, dimension] without a head.
 * @see Dosovitskiy et al. 2021
 */
export class VisionTransformer implements Layer {
  readonly patches: Linear
  readonly classToken: Parameter | undefined // [1, 1, D]
  readonly registers: Parameter | undefined // [R, 1, D]
  readonly positions: Parameter // [1 + P, 1, D], of the class token first
  readonly blocks: readonly TransformerBlock[]
  readonly norm: LayerNorm
  readonly head: Linear | undefined
  readonly size: readonly [height: number, width: number]
  readonly patch: number
  readonly rematerialize: boolean

  /** @throws InvalidInput when the patch does not divide height and width or there is no block */
  constructor(options: VisionTransformerOptions, rng: Rng) {
    const { size, patch, dimension, depth, pooling = 'class', registers = 0, classes } = options
    const [height, width] = typeof size === 'number' ? [size, size] : size
    if (height % patch !== 0 || width % patch !== 0)
      throw invalidInput(
        `VisionTransformer: patches of ${patch} pixels do not fit into ${height} x ${width}; choose multiples of the patch`,
      )
    assertPositive('VisionTransformer: depth', depth, 12)
    const token = (count: number): Parameter => parameter(initialize([count, 1, dimension], rng))
    const pixels = 3 * patch * patch
    const classTokens = pooling === 'class' ? 1 : 0
    const count = classTokens + (height / patch) * (width / patch)
    this.patches = new Linear({ inputs: pixels, outputs: dimension, initialize }, rng)
    this.classToken = pooling === 'class' ? token(1) : undefined
    this.registers = registers > 0 ? token(registers) : undefined
    this.positions = token(count)
    this.blocks = Array.from(
      { length: depth },
      () => new TransformerBlock({ ...options, epsilon, initialize }, rng),
    )
    this.norm = new LayerNorm({ dimension, epsilon })
    this.head =
      classes === undefined
        ? undefined
        : new Linear({ inputs: dimension, outputs: classes, initialize }, rng)
    this.size = [height, width]
    this.patch = patch
    this.rematerialize = options.rematerialize ?? false
  }

  /** Every token at the end, the class token and the registers before the patches. [N, 3, H, W] → [N, L, dimension]. */
  tokens(x: Value, mode: Mode): Value {
    const last = this.#through(this.blocks, this.#embed(x), mode)
    return transpose(this.norm.apply(last), [1, 0, 2])
  }

  /** The picture's features before the head. [N, 3, H, W] → [N, dimension]. */
  features(x: Value, mode: Mode): Value {
    const before = this.#through(this.blocks.slice(0, -1), this.#embed(x), mode)
    const [, , dimension] = before.shape as [number, number, number]
    const block = this.blocks.at(-1)!
    if (this.classToken !== undefined)
      return reshape(this.norm.apply(block.apply(before, mode, { first: 1 })), [-1, dimension])
    const tokens = this.norm.apply(block.apply(before, mode))
    return reduceMean(from(tokens, this.registers?.shape[0] ?? 0), { axes: [0] })
  }

  apply(x: Value, mode: Mode): Value {
    const features = this.features(x, mode)
    return this.head?.apply(features) ?? features
  }

  #through(blocks: readonly Layer[], x: Value, mode: Mode): Value {
    const kept = (block: Layer): Layer => (this.rematerialize ? new Rematerialized(block) : block)
    return blocks.reduce((y, block) => kept(block).apply(y, mode), x)
  }

  /**
   * The tokens that go into the first block. What does not depend on the picture is one table that is
   * added to the patches with zeros before them: no token is repeated for each picture, so the batch
   * stays free. [N, 3, H, W] → [L, N, D].
   * @throws Shape when the pictures are of another size than the positions
   */
  #embed(x: Value): Value {
    const { classToken, registers, positions } = this
    const patches = patchesOf(x, this.patch)
    if (this.size.some((length, axis) => length !== x.shape[axis + 2]))
      throw shapeError(
        `VisionTransformer: pictures ${formatShape(x.shape)}, its positions are those of ${this.size.join(' x ')} pixels; resize them to that`,
      )
    const [count, , pixels] = patches.shape as [number, number, number]
    const rows = this.patches.apply(reshape(patches, [-1, pixels]))
    const embedded = reshape(rows, [count, -1, positions.shape[2]!])
    const before = [
      ...(classToken === undefined ? [] : [add(classToken, slice(positions, [first]))]),
      ...(registers === undefined ? [] : [registers]),
    ]
    if (before.length === 0) return add(embedded, positions)
    const table = concat([...before, from(positions, classToken === undefined ? 0 : 1)], 0)
    return add(pad(embedded, [table.shape[0]! - count, 0, 0], [0, 0, 0]), table)
  }
}

const first = { axis: 0, start: 0, end: 1 }

/** The tokens from one on. */
const from = (tokens: Value, start: number): Value =>
  start === 0 ? tokens : slice(tokens, [{ axis: 0, start, end: tokens.shape[0]! }])

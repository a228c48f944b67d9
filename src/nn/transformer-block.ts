import type { Rng } from '../core/index.ts'
import {
  add,
  gelu,
  mul,
  type Parameter,
  parameter,
  reshape,
  slice,
  type Value,
} from '../onnx/index.ts'
import { full, type Initialize } from './initialize.ts'
import type { Layer, Mode } from './layer.ts'
import { LayerNorm } from './layer-norm.ts'
import { Mlp } from './mlp.ts'
import { MultiHeadAttention } from './multi-head-attention.ts'

/** Sizes of a {@link TransformerBlock}. */
export interface TransformerBlockOptions {
  readonly dimension: number
  readonly heads: number
  /** Values of the hidden layer; default: four times the dimension. */
  readonly hidden?: number
  /** Whether each part normalises what goes into it or what comes out of its sum; default `pre`. */
  readonly order?: 'pre' | 'post'
  /** First value of a learned scale of each part's output; left out, there is none. @see Touvron et al. 2021 */
  readonly layerScale?: number
  /** Of the normalisations. */
  readonly epsilon?: number
  readonly initialize?: Initialize
}

/** How a {@link TransformerBlock} is applied. */
export interface BlockInputs {
  /** Added to the scores of attention, broadcast to [N, heads, L, L]. */
  readonly bias?: Value
  /** Only so many of the first tokens come out; the others are not computed. Default: all. */
  readonly first?: number
}

/**
 * Self-attention and a perceptron with GELU, each added to what goes into it: x + f(norm(x)) in the
 * order `pre`, norm(x + f(x)) in the order `post`. [L, N, D] → [L, N, D].
 * @see Vaswani et al. 2017 (post); Xiong et al. 2020 (pre)
 */
export class TransformerBlock implements Layer {
  readonly norm1: LayerNorm
  readonly attention: MultiHeadAttention
  readonly scale1: Parameter | undefined // [D]
  readonly norm2: LayerNorm
  readonly mlp: Mlp
  readonly scale2: Parameter | undefined // [D]
  readonly order: 'pre' | 'post'

  constructor(options: TransformerBlockOptions, rng: Rng) {
    const { dimension, hidden = 4 * dimension, order = 'pre', layerScale } = options
    const scale = () =>
      layerScale === undefined ? undefined : parameter(full([dimension], layerScale))
    const widths = [dimension, hidden, dimension]
    this.norm1 = new LayerNorm(options)
    this.attention = new MultiHeadAttention(options, rng)
    this.scale1 = scale()
    this.norm2 = new LayerNorm(options)
    this.mlp = new Mlp({ ...options, widths, activation: gelu }, rng)
    this.scale2 = scale()
    this.order = order
  }

  apply(x: Value, _mode: Mode, { bias, first }: BlockInputs = {}): Value {
    const length = first ?? x.shape[0]!
    const firstOf = (tokens: Value): Value =>
      first === undefined ? tokens : slice(tokens, [{ axis: 0, start: 0, end: first }])
    const attend = (memory: Value): Value =>
      scaled(
        this.attention.attend({ queries: firstOf(memory), memory, ...(bias && { bias }) }),
        this.scale1,
      )
    const rowsOf = (tokens: Value): Value => reshape(tokens, [-1, tokens.shape[2]!])
    const mix = (rows: Value): Value => scaled(this.mlp.apply(rows), this.scale2)
    if (this.order === 'post') {
      const y = rowsOf(this.norm1.apply(add(firstOf(x), attend(x))))
      return reshape(this.norm2.apply(add(y, mix(y))), [length, -1, x.shape[2]!])
    }
    const y = rowsOf(add(firstOf(x), attend(this.norm1.apply(x))))
    return reshape(add(y, mix(this.norm2.apply(y))), [length, -1, x.shape[2]!])
  }
}

const scaled = (x: Value, scale: Parameter | undefined): Value =>
  scale === undefined ? x : mul(x, scale)

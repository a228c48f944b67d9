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
import { Dropout } from './dropout.ts'
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
  /** Share of each part's output that is dropped in training; default 0. */
  readonly dropout?: number
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
  readonly dropout: Dropout
  readonly order: 'pre' | 'post'

  constructor(options: TransformerBlockOptions, rng: Rng) {
    const { dimension, hidden = 4 * dimension, order = 'pre' } = options
    const { layerScale, dropout = 0 } = options
    const scale = () =>
      layerScale === undefined ? undefined : parameter(full([dimension], layerScale))
    const widths = [dimension, hidden, dimension]
    this.norm1 = new LayerNorm(options)
    this.attention = new MultiHeadAttention(options, rng)
    this.scale1 = scale()
    this.norm2 = new LayerNorm(options)
    this.mlp = new Mlp({ ...options, widths, activation: gelu }, rng)
    this.scale2 = scale()
    this.dropout = new Dropout({ rate: dropout })
    this.order = order
  }

  apply(x: Value, mode: Mode, { bias, first }: BlockInputs = {}): Value {
    const length = first ?? x.shape[0]!
    const firstOf = (tokens: Value): Value =>
      first === undefined ? tokens : slice(tokens, [{ axis: 0, start: 0, end: first }])
    const rowsOf = (tokens: Value): Value => reshape(tokens, [-1, x.shape[2]!])
    const part = (y: Value, scale: Parameter | undefined): Value =>
      this.dropout.apply(scale === undefined ? y : mul(y, scale), mode)
    const attend = (memory: Value): Value => {
      const inputs = { queries: firstOf(memory), memory, ...(bias && { bias }) }
      return part(this.attention.attend(inputs), this.scale1)
    }
    const mix = (rows: Value): Value => part(this.mlp.apply(rows), this.scale2)
    if (this.order === 'post') {
      const y = rowsOf(this.norm1.apply(add(firstOf(x), attend(x))))
      return reshape(this.norm2.apply(add(y, mix(y))), [length, -1, x.shape[2]!])
    }
    const y = rowsOf(add(firstOf(x), attend(this.norm1.apply(x))))
    return reshape(add(y, mix(this.norm2.apply(y))), [length, -1, x.shape[2]!])
  }
}

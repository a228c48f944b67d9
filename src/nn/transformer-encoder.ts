import { assertPositive, type Rng, shapeError } from '../core/index.ts'
import {
  add,
  cast,
  constant,
  div,
  equal,
  matmul,
  maximum,
  type Parameter,
  parameter,
  reduceMean,
  reduceSum,
  reshape,
  slice,
  transpose,
  unsqueeze,
  type Value,
} from '../onnx/index.ts'
import { tensor } from '../tensor/index.ts'
import { causalBias, paddingBias } from './attention-bias.ts'
import { Dropout } from './dropout.ts'
import { Embedding } from './embedding.ts'
import { truncatedNormal } from './initialize.ts'
import type { Layer, Mode } from './layer.ts'
import { LayerNorm } from './layer-norm.ts'
import { TransformerBlock } from './transformer-block.ts'

type Pooling = 'first' | 'last' | 'mean'

/** Sizes of a {@link TransformerEncoder}. */
export interface TransformerEncoderOptions {
  /** How many different tokens there are. */
  readonly vocabulary: number
  /** Tokens of the longest text. */
  readonly length: number
  readonly dimension: number
  /** How many blocks. */
  readonly depth: number
  readonly heads: number
  /** Values of each block's hidden layer; default: four times the dimension. */
  readonly hidden?: number
  /** `pre` normalises in each part and at the end (as GPT and CLIP), `post` after each sum and the
   * embeddings (as BERT); default `pre`. */
  readonly order?: 'pre' | 'post'
  /** Whether a token sees only those before it; default false. */
  readonly causal?: boolean
  /** What stands for the whole text: its first token, its last one or the mean of all; default `mean`. */
  readonly pooling?: Pooling
  /** Share of the embeddings and of each part's output that is dropped in training; default 0. */
  readonly dropout?: number
}

/** What is known of texts besides their tokens. */
export interface TextInputs {
  /** bool [N, L], true where a text has a token, from its beginning on; left out, all do. */
  readonly present?: Value
}

const initialize = truncatedNormal(0.02)

/**
 * Transformer encoder of texts: token and position embeddings, then blocks of self-attention. Takes
 * texts of up to `length` tokens, all of one call of one length.
 * @see Vaswani et al. 2017; Devlin et al. 2019
 */
export class TransformerEncoder implements Layer {
  readonly embedding: Embedding
  readonly positions: Parameter // [length, 1, D]
  readonly blocks: readonly TransformerBlock[]
  readonly norm: LayerNorm
  readonly dropout: Dropout
  readonly order: 'pre' | 'post'
  readonly causal: boolean
  readonly pooling: Pooling

  /** @throws InvalidInput when there is no block */
  constructor(options: TransformerEncoderOptions, rng: Rng) {
    const { vocabulary, length, dimension, depth } = options
    const { order = 'pre', causal = false, pooling = 'mean', dropout = 0 } = options
    assertPositive('TransformerEncoder: depth', depth, 12)
    this.embedding = new Embedding({ count: vocabulary, dimension, initialize }, rng)
    this.positions = parameter(initialize([length, 1, dimension], rng))
    this.blocks = Array.from(
      { length: depth },
      () => new TransformerBlock({ ...options, initialize }, rng),
    )
    this.norm = new LayerNorm({ dimension })
    this.dropout = new Dropout({ rate: dropout })
    this.order = order
    this.causal = causal
    this.pooling = pooling
  }

  /**
   * Every token in its text.
   * @param tokens int64 [N, L]
   * @returns [N, L, dimension]
   * @throws Shape when the texts are longer than `length`
   */
  apply(tokens: Value, mode: Mode, inputs: TextInputs = {}): Value {
    return transpose(this.#encode(tokens, mode, inputs), [1, 0, 2])
  }

  /** What stands for each text. int64 [N, L] → [N, dimension]. */
  features(tokens: Value, mode: Mode, inputs: TextInputs = {}): Value {
    const { present } = inputs
    const encoded = this.#encode(tokens, mode, {
      ...inputs,
      ...(this.pooling === 'first' && { first: 1 }),
    })
    const [length, , dimension] = encoded.shape as [number, number, number]
    if (this.pooling === 'first') return reshape(encoded, [-1, dimension])
    if (present !== undefined) {
      const shares = this.pooling === 'mean' ? meanOf(present) : lastOf(present)
      const summed = matmul(unsqueeze(shares, [1]), transpose(encoded, [1, 0, 2]))
      return reshape(summed, [-1, dimension])
    }
    if (this.pooling === 'mean') return reduceMean(encoded, { axes: [0] })
    const last = slice(encoded, [{ axis: 0, start: length - 1, end: length }])
    return reshape(last, [-1, dimension])
  }

  /** [L, N, D], or its first tokens. */
  #encode(
    tokens: Value,
    mode: Mode,
    { present, first }: TextInputs & { readonly first?: number },
  ): Value {
    const length = tokens.shape[1]!
    if (length > this.positions.shape[0]!)
      throw shapeError(
        `TransformerEncoder: texts of ${length} tokens, at most ${this.positions.shape[0]}; cut them`,
      )
    const positions = slice(this.positions, [{ axis: 0, start: 0, end: length }])
    const embedded = add(this.embedding.apply(transpose(tokens)), positions)
    const normed = this.order === 'post' ? this.norm.apply(embedded) : embedded
    const biases = [
      ...(present === undefined ? [] : [paddingBias(present)]),
      ...(this.causal ? [causalBias(length)] : []),
    ]
    const bias = biases.length === 0 ? undefined : biases.reduce((sum, one) => add(sum, one))
    const last = this.blocks.length - 1
    const encoded = this.blocks.reduce(
      (y, block, i) =>
        block.apply(y, mode, {
          ...(bias && { bias }),
          ...(first !== undefined && i === last && { first }),
        }),
      this.dropout.apply(normed, mode),
    )
    return this.order === 'pre' ? this.norm.apply(encoded) : encoded
  }
}

/** How much of the mean each token is. bool [N, L] → [N, L]. */
function meanOf(present: Value): Value {
  const given = cast(present, 'float32')
  return div(given, maximum(reduceSum(given, { axes: [1], keepAxes: true }), 1))
}

/** 1 at the last token of each text. bool [N, L] → [N, L]. */
function lastOf(present: Value): Value {
  const count = reduceSum(cast(present, 'float32'), { axes: [1], keepAxes: true })
  const places = Float32Array.from({ length: present.shape[1]! }, (_, i) => i + 1)
  return cast(equal(count, constant(tensor('float32', [places.length], places))), 'float32')
}

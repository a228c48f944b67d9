import { type Rng, shapeError } from '../core/index.ts'
import { concat, reduceMax, relu, transpose, unsqueeze, type Value } from '../onnx/index.ts'
import { Conv } from './conv.ts'
import { Dropout } from './dropout.ts'
import { Embedding } from './embedding.ts'
import { heNormal } from './initialize.ts'
import type { Layer, Mode } from './layer.ts'
import { Linear } from './linear.ts'

/** Sizes of a {@link TextCnn}; what is left out is that of Kim. */
export interface TextCnnOptions {
  /** How many different tokens there are. */
  readonly vocabulary: number
  /** Values of a token's vector; default 300. */
  readonly dimension?: number
  /** Tokens that a filter sees at once, for each kind of filter; default 3, 4 and 5. */
  readonly widths?: readonly number[]
  /** Filters of each width; default 100. */
  readonly filters?: number
  /** Outputs of the head; left out, there is none and the features come out. */
  readonly classes?: number
  /** Share of the features that is dropped in training; default 0.5. */
  readonly dropout?: number
}

/**
 * Convolutional network over texts: filters of several widths slide over the token vectors, and of
 * each filter the largest answer is kept. int64 [N, L] → [N, classes], or [N, dimension] without a head.
 * @see Kim 2014, Convolutional neural networks for sentence classification
 */
export class TextCnn implements Layer {
  readonly embedding: Embedding
  readonly convolutions: readonly Conv[]
  readonly dropout: Dropout
  readonly head: Linear | undefined
  /** Values a text has before the head. */
  readonly dimension: number

  constructor(options: TextCnnOptions, rng: Rng) {
    const { vocabulary, dimension = 300, widths = [3, 4, 5], filters = 100 } = options
    const { classes, dropout = 0.5 } = options
    const sizes = { inputs: dimension, outputs: filters, padding: 0, bias: true }
    this.embedding = new Embedding({ count: vocabulary, dimension }, rng)
    this.convolutions = widths.map(
      (width) => new Conv({ ...sizes, kernel: [1, width], initialize: heNormal('in') }, rng),
    )
    this.dropout = new Dropout({ rate: dropout })
    this.dimension = widths.length * filters
    this.head =
      classes === undefined
        ? undefined
        : new Linear({ inputs: this.dimension, outputs: classes }, rng)
  }

  /**
   * A text's features before the head. int64 [N, L] → [N, dimension].
   * @throws Shape when the texts are shorter than a filter
   */
  features(tokens: Value, mode: Mode): Value {
    const [longest, length] = [this.#longest(), tokens.shape[1]!]
    if (length < longest)
      throw shapeError(
        `TextCnn: texts of ${length} tokens, the longest filter sees ${longest}; pad them`,
      )
    // [N, D, 1, L]
    const vectors = unsqueeze(transpose(this.embedding.apply(tokens), [0, 2, 1]), [2])
    // the ReLU of the largest is the largest ReLU
    const largest = this.convolutions.map((conv) =>
      relu(reduceMax(conv.apply(vectors), { axes: [2, 3] })),
    )
    return this.dropout.apply(concat(largest, 1), mode)
  }

  apply(tokens: Value, mode: Mode): Value {
    const features = this.features(tokens, mode)
    return this.head?.apply(features) ?? features
  }

  #longest(): number {
    return Math.max(...this.convolutions.map(({ weight }) => weight.shape[3]!))
  }
}

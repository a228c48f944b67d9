import { invalidInput, type Rng } from '../core/index.ts'
import { add, matmul, mul, reshape, softmax, transpose, type Value } from '../onnx/index.ts'
import { glorotUniform, type Initialize } from './initialize.ts'
import type { Layer } from './layer.ts'
import { Linear } from './linear.ts'

/** Sizes of a {@link MultiHeadAttention}. */
export interface AttentionOptions {
  /** Values a token; a multiple of the heads. */
  readonly dimension: number
  readonly heads: number
  readonly initialize?: Initialize
}

/** What attends to what. */
export interface AttentionInputs {
  /** [L, N, D] */
  readonly queries: Value
  /** What is attended to, [S, N, D]; default: the queries themselves. */
  readonly memory?: Value
  /** Added to the scores, broadcast to [N, heads, L, S]. */
  readonly bias?: Value
}

/**
 * Multi-head attention, softmax(Q Kᵀ / √d + bias) V for each head, with affine maps before and after.
 *
 * Tokens come first and the batch second, [L, N, D]: the heads of all sequences are then matrices
 * inside [L, N · heads, d] that onnxruntime multiplies where they lie, and only results of products
 * are moved. Forward and backward take a tenth less time than with the batch first, where queries,
 * keys and values are moved too, and a seventh less than with one map for the three, cut apart.
 * @see Vaswani et al. 2017, section 3.2
 */
export class MultiHeadAttention implements Layer {
  readonly query: Linear
  readonly key: Linear
  readonly value: Linear
  readonly output: Linear
  readonly heads: number

  /** @throws InvalidInput when the heads do not divide the dimension */
  constructor({ dimension, heads, initialize = glorotUniform }: AttentionOptions, rng: Rng) {
    if (dimension % heads !== 0)
      throw invalidInput(
        `MultiHeadAttention: ${heads} heads do not divide dimension ${dimension}; choose a multiple of the heads`,
      )
    const linear = () => new Linear({ inputs: dimension, outputs: dimension, initialize }, rng)
    this.query = linear()
    this.key = linear()
    this.value = linear()
    this.output = linear()
    this.heads = heads
  }

  /** Self-attention. [L, N, D] → [L, N, D]. */
  apply(x: Value): Value {
    return this.attend({ queries: x })
  }

  /** [L, N, D] → [L, N, D]. */
  attend({ queries, memory = queries, bias }: AttentionInputs): Value {
    const [length, , dimension] = queries.shape as [number, number, number]
    const size = dimension / this.heads
    // no shape here names the batch, which stays free in a served model
    const rowsOf = (x: Value): Value => reshape(x, [-1, dimension])
    const headsOf = (map: Linear, x: Value): Value =>
      reshape(map.apply(rowsOf(x)), [x.shape[0]!, -1, size])
    const [q, k, v] = [
      headsOf(this.query, queries),
      headsOf(this.key, memory),
      headsOf(this.value, memory),
    ]
    const scores = mul(matmul(transpose(q, [1, 0, 2]), transpose(k, [1, 2, 0])), size ** -0.5)
    const weights = softmax(bias === undefined ? scores : this.#biased(scores, bias))
    const mixed = transpose(matmul(weights, transpose(v, [1, 0, 2])), [1, 0, 2])
    return reshape(this.output.apply(rowsOf(mixed)), [length, -1, dimension])
  }

  #biased(scores: Value, bias: Value): Value {
    const places = scores.shape.slice(1)
    return reshape(add(reshape(scores, [-1, this.heads, ...places]), bias), [-1, ...places])
  }
}

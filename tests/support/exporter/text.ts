import type { Rng } from '../../../src/core/index.ts'
import { exportedGraph } from './graph.ts'
import { block, dim, layerNorm, type Sizes, unsqueeze } from './transformer.ts'

/** Sizes of a transformer of words. For tests only. */
export interface TextSizes extends Sizes {
  readonly words: number
  readonly longest: number
}

/**
 * A BERT, whose batch and length are free: input_ids, attention_mask → last_hidden_state, and the mean of what the
 * mask lets through as sentence_embedding. For tests only.
 */
export function textTransformer(
  sizes: TextSizes,
  { rng, opset = 11 }: { readonly rng: Rng; readonly opset?: number },
): Uint8Array {
  const { width, layers, words, longest } = sizes
  const g = exportedGraph(opset, rng)
  const length = unsqueeze(g, dim(g, 'input_ids', 1), [0])
  const everyPlace = unsqueeze(g, g.constant([...Array(longest).keys()]), [0])
  const places = g.node('Slice', [everyPlace, g.constant([0]), length, g.constant([1])])
  const table = g.weight('embeddings.word_embeddings.weight', [words, width], 1)
  const positions = g.weight('embeddings.position_embeddings.weight', [longest, width], 1)
  const embedded = g.node('Add', [
    g.node('Gather', [table, 'input_ids']),
    g.node('Gather', [positions, places]),
  ])
  let x = layerNorm(g, embedded, 'embeddings.LayerNorm', width)
  const present = g.node('Cast', ['attention_mask'], { to: 1 })
  const absent = g.node('Sub', [g.constant(1, 'float32'), unsqueeze(g, present, [1, 2])])
  const bias = g.node('Mul', [absent, g.constant(-3.4028234663852886e38, 'float32')])
  for (let i = 0; i < layers; i++) {
    const prefix = `encoder.layer.${i}.`
    x = block(g, x, sizes, { prefix, activation: 'gelu', normalizeAfter: true, bias })
  }
  const kept = g.node('Expand', [unsqueeze(g, present, [2]), g.node('Shape', [x])])
  const sum = (value: string): string =>
    opset < 13
      ? g.node('ReduceSum', [value], { axes: [1], keepdims: 0 })
      : g.node('ReduceSum', [value, g.constant([1])], { keepdims: 0 })
  const count = g.node('Clip', [sum(kept), g.constant(1e-9, 'float32')])
  const mean = g.node('Div', [sum(g.node('Mul', [x, kept])), count])
  return g.bytes(
    {
      input_ids: ['int64', 'batch', 'length'],
      attention_mask: ['int64', 'batch', 'length'],
    },
    {
      last_hidden_state: [x, ['float32', 'batch', 'length', width]],
      sentence_embedding: [mean, ['float32', 'batch', width]],
    },
  )
}

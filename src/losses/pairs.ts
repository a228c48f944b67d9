import {
  and,
  constant,
  equal,
  matmul,
  maximum,
  mul,
  not,
  sqrt,
  sub,
  transpose,
  unsqueeze,
  type Value,
} from '../onnx/index.ts'
import { tensor } from '../tensor/index.ts'

/** What every pair of a batch has in common. */
export interface Pairs {
  /** [B, B] inner products of the vectors. */
  readonly similarity: Value
  /** [B, B] bool: the same label, and not the same picture. */
  readonly positive: Value
  /** [B, B] bool: different labels. */
  readonly negative: Value
}

/**
 * All pairs of a batch.
 * @param embeddings [B, D], unit length
 * @param labels [B] int64
 */
export function pairsOf(embeddings: Value, labels: Value): Pairs {
  const same = equal(unsqueeze(labels, [1]), unsqueeze(labels, [0]))
  const size = embeddings.shape[0]!
  const eye = new Uint8Array(size * size)
  for (let i = 0; i < size; i++) eye[i * size + i] = 1
  return {
    similarity: matmul(embeddings, transpose(embeddings)),
    positive: and(same, not(constant(tensor('bool', [size, size], eye)))),
    negative: not(same),
  }
}

/**
 * Euclidean distance of unit vectors from their inner product: √(2 − 2s). Below 10⁻⁴ it is
 * constant, because the slope of the root has no bound at 0.
 */
export function euclideanDistance(similarity: Value): Value {
  return sqrt(maximum(sub(2, mul(similarity, 2)), 1e-8))
}

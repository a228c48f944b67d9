import { type Constant, constant, unsqueeze, type Value, where } from '../onnx/index.ts'
import { tensor } from '../tensor/index.ts'

/** What a score gets that must not count: e to this power is 0, and no infinity makes a NaN. */
const never = -1e9

/**
 * Keeps what is only padding from being attended to, as a bias for {@link MultiHeadAttention}.
 * @param present bool [N, S], true where a sequence has a token
 * @returns [N, 1, 1, S]
 */
export const paddingBias = (present: Value): Value => unsqueeze(where(present, 0, never), [1, 2])

/** Keeps each of `length` tokens from attending to later ones: [L, L], as a bias for {@link MultiHeadAttention}. */
export function causalBias(length: number): Constant {
  const allowed = (i: number) => i % length <= Math.floor(i / length)
  const data = Float32Array.from({ length: length ** 2 }, (_, i) => (allowed(i) ? 0 : never))
  return constant(tensor('float32', [length, length], data))
}

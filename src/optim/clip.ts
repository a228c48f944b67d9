import { assertPositive } from '../core/index.ts'
import {
  add,
  clip,
  concat,
  div,
  minimum,
  mul,
  reduceL2,
  reshape,
  type Value,
} from '../onnx/index.ts'
import { norm } from './norm.ts'

/**
 * Scales gradients down where their joint norm is above a limit, g ← g · min(1, limit / (‖g‖ + 10⁻⁶)),
 * the norm over all of them (PyTorch's clip_grad_norm_).
 * @returns the gradients, and `norm` [] as it was before
 * @throws InvalidInput when the limit is not positive
 * @see Pascanu, Mikolov and Bengio 2013
 */
export function clipByNorm(
  gradients: readonly Value[],
  limit: number,
): { readonly gradients: Value[]; readonly norm: Value } {
  assertPositive('training: the limit of the gradient norm', limit, 1)
  const all = reduceL2(
    concat(
      gradients.map((gradient) => reshape(norm(gradient), [1])),
      0,
    ),
  )
  const factor = minimum(div(limit, add(all, 1e-6)), 1)
  return { gradients: gradients.map((gradient) => mul(gradient, factor)), norm: all }
}

/**
 * Limits each element of gradients to ±limit.
 * @throws InvalidInput when the limit is not positive
 */
export function clipByValue(gradients: readonly Value[], limit: number): Value[] {
  assertPositive('training: the limit of gradient elements', limit, 1)
  return gradients.map((gradient) => clip(gradient, -limit, limit))
}

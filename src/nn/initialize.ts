import type { Rng } from '../core/index.ts'
import { type Shape, sizeOf, type Tensor, tensor } from '../tensor/index.ts'

/**
 * Normal weights of variance 2 / fan, where fan = outputs · kernel area: what keeps gradients in
 * scale through ReLUs.
 * @param shape [O, C, kH, kW]
 * @see He et al. 2015, section 2.2 (backward case)
 */
export function heNormal(shape: Shape, rng: Rng): Tensor<'float32'> {
  const deviation = Math.sqrt(2 / (shape[0]! * sizeOf(shape.slice(2))))
  return filled(shape, () => deviation * rng.normal())
}

/** Uniform in ±1/√inputs. @param shape [O, inputs] */
export function uniformByInputs(shape: Shape, rng: Rng): Tensor<'float32'> {
  const bound = 1 / Math.sqrt(shape[1]!)
  return filled(shape, () => rng.between(-bound, bound))
}

/** The same number everywhere. */
export function full(shape: Shape, x: number): Tensor<'float32'> {
  return filled(shape, () => x)
}

function filled(shape: Shape, next: () => number): Tensor<'float32'> {
  return tensor('float32', shape, Float32Array.from({ length: sizeOf(shape) }, next))
}

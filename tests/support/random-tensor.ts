import type { Rng } from '../../src/core/index.ts'
import { allocate, type Shape, sizeOf, type Tensor } from '../../src/tensor/index.ts'

/** Uniform numbers, by default in [-1, 1). For tests only. */
export function random<D extends 'float32' | 'float64'>(
  dtype: D,
  shape: Shape,
  rng: Rng,
  [low, high]: readonly [number, number] = [-1, 1],
): Tensor<D> {
  return filled(dtype, shape, () => rng.between(low, high))
}

/**
 * Numbers in ±1.5 that keep 0.02 away from the kinks of a function and from each other's copies:
 * (k + offset) / 20 for integers k. Two tensors with other offsets never meet. For tests only.
 */
export function onGrid<D extends 'float32' | 'float64'>(
  dtype: D,
  shape: Shape,
  rng: Rng,
  offset = 0.5,
): Tensor<D> {
  return filled(dtype, shape, () => (rng.integer(60) - 30 + offset) / 20)
}

function filled<D extends 'float32' | 'float64'>(
  dtype: D,
  shape: Shape,
  next: () => number,
): Tensor<D> {
  const data = allocate(dtype, sizeOf(shape)) as Float32Array | Float64Array
  for (let i = 0; i < data.length; i++) data[i] = next()
  return { dtype, shape, data } as Tensor<D>
}

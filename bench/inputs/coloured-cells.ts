import type { Rng } from '../../src/core/index.ts'
import { sizeOf, type Tensor, tensor } from '../../src/tensor/index.ts'

const cells = 6

/** Pictures of coloured cells with noise, no two alike to a network. [N, 3, size, size] within [-1, 1] */
export function colouredCells(count: number, size: number, rng: Rng): Tensor<'float32'> {
  const shape = [count, 3, size, size]
  const data = new Float32Array(sizeOf(shape))
  const cellOf = (i: number): number => Math.floor((i * cells) / size)
  for (let plane = 0; plane < count * 3; plane++) {
    const colours = Array.from({ length: cells * cells }, () => rng.between(-0.8, 0.8))
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++)
        data[(plane * size + y) * size + x] =
          colours[cellOf(y) * cells + cellOf(x)]! + rng.between(-0.2, 0.2)
  }
  return tensor('float32', shape, data)
}

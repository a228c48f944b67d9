import { shapeError } from '../core/index.ts'
import { reshape, transpose, type Value } from '../onnx/index.ts'
import { formatShape } from '../tensor/index.ts'

/**
 * Cuts pictures into square patches, row by row from the top. [N, C, H, W] → [P, N, C · side²], each
 * patch laid out as the kernel of a convolution, so that a matrix product is that convolution.
 * @throws Shape when the side does not divide height and width
 */
export function patchesOf(pictures: Value, side: number): Value {
  const [, channels, height, width] = pictures.shape as [number, number, number, number]
  const [rows, columns] = [height / side, width / side]
  if (!Number.isInteger(rows) || !Number.isInteger(columns))
    throw shapeError(
      `patches: pictures ${formatShape(pictures.shape)} cannot be cut into squares of ${side} pixels; resize them to multiples of it`,
    )
  const cut = reshape(pictures, [-1, channels, rows, side, columns, side])
  const patches = transpose(cut, [2, 4, 0, 1, 3, 5])
  return reshape(patches, [rows * columns, -1, channels * side * side])
}

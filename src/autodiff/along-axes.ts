import { constant, matmul, reshape, type Value } from '../onnx/index.ts'
import { allocate, sizeOf } from '../tensor/index.ts'

/** A matrix row by row. */
export type Matrix = readonly (readonly number[])[]

/**
 * The same matrix applied to every line of x along an axis. [..., n, ...] by [m, n] → [..., m, ...].
 */
export function alongAxis(x: Value, axis: number, matrix: Matrix): Value {
  const [rows, size] = [matrix.length, x.shape[axis]!]
  const before = sizeOf(x.shape.slice(0, axis))
  const behind = sizeOf(x.shape.slice(axis + 1))
  const shape = x.shape.map((length, i) => (i === axis ? rows : length))
  if (behind > 1)
    return reshape(matmul(written(matrix, x), reshape(x, [before, size, behind])), shape)
  const turned = Array.from({ length: size }, (_, i) => matrix.map((row) => row[i]!))
  return reshape(matmul(reshape(x, [before, size]), written(turned, x)), shape)
}

/** A matrix as a constant of another Value's dtype. */
function written(matrix: Matrix, { dtype }: Value): Value {
  const shape = [matrix.length, matrix[0]!.length]
  const data = allocate(dtype, sizeOf(shape)) as Float32Array
  data.set(matrix.flat())
  return constant({ dtype, shape, data })
}

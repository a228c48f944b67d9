import { type Constant, constant, matmul, reshape, type Value } from '../onnx/index.ts'
import { allocate, type DType, sizeOf } from '../tensor/index.ts'

/** A matrix row by row. */
export type Matrix = readonly (readonly number[])[]

/** The transpose of a matrix. */
export const transposed = (rows: Matrix): Matrix =>
  rows[0]!.map((_, column) => rows.map((row) => row[column]!))

/** A matrix as a constant. */
export function matrix(rows: Matrix, dtype: DType): Constant {
  const shape = [rows.length, rows[0]!.length]
  const data = allocate(dtype, sizeOf(shape)) as Float32Array
  data.set(rows.flat())
  return constant({ dtype, shape, data })
}

/** The same matrix applied to every line of x along an axis. [..., n, ...] by [m, n] → [..., m, ...]. */
function alongAxis(x: Value, axis: number, rows: Matrix): Value {
  const size = x.shape[axis]!
  const before = sizeOf(x.shape.slice(0, axis))
  const behind = sizeOf(x.shape.slice(axis + 1))
  const product =
    behind > 1
      ? matmul(matrix(rows, x.dtype), reshape(x, [before, size, behind]))
      : matmul(reshape(x, [before, size]), matrix(transposed(rows), x.dtype))
  return reshape(
    product,
    x.shape.map((length, i) => (i === axis ? rows.length : length)),
  )
}

/**
 * Matrices applied along axes, undefined for those that stay as they are. The first come first: with
 * long rows left behind them the products are faster.
 */
export const alongAxes = (x: Value, matrices: readonly (Matrix | undefined)[]): Value =>
  matrices.reduce((y: Value, rows, axis) => (rows === undefined ? y : alongAxis(y, axis, rows)), x)

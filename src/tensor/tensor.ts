import { shapeError } from '../core/index.ts'
import { formatShape, type Shape, sizeOf } from './shape.ts'

/** The element types Vitrine computes with, by their ONNX names. */
export type DType = 'float32' | 'float64' | 'int32' | 'int64' | 'uint8' | 'bool'

/** The typed array that holds elements of each dtype; bool is one byte an element. */
export interface ArrayOf {
  float32: Float32Array
  float64: Float64Array
  int32: Int32Array
  int64: BigInt64Array
  uint8: Uint8Array
  bool: Uint8Array
}

/** A dense array: row-major data with its shape. */
export interface Tensor<D extends DType = DType> {
  readonly dtype: D
  readonly shape: Shape
  readonly data: ArrayOf[D]
}

const arrays = {
  float32: Float32Array,
  float64: Float64Array,
  int32: Int32Array,
  int64: BigInt64Array,
  uint8: Uint8Array,
  bool: Uint8Array,
} as const

/** A new array of zeros for a dtype. */
export function allocate<D extends DType>(dtype: D, size: number): ArrayOf[D] {
  return new arrays[dtype](size) as ArrayOf[D]
}

/**
 * A tensor over existing data (not copied).
 * @throws Shape when the data's length is not the shape's size
 */
export function tensor<D extends DType>(dtype: D, shape: Shape, data: ArrayOf[D]): Tensor<D> {
  if (data.length !== sizeOf(shape))
    throw shapeError(
      `tensor: shape ${formatShape(shape)} needs ${sizeOf(shape)} elements, got ${data.length}`,
    )
  return { dtype, shape, data }
}

/** A float32 tensor of zeros. */
export function zeros(shape: Shape): Tensor<'float32'> {
  return tensor('float32', shape, new Float32Array(sizeOf(shape)))
}

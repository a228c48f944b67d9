import type { DType } from '../tensor/index.ts'

/** The numbers that the ONNX format gives to dtypes (TensorProto.DataType). */
export const dtypeNumbers: Readonly<Record<DType, number>> = {
  float32: 1,
  uint8: 2,
  int32: 6,
  int64: 7,
  bool: 9,
  float64: 11,
}

import { type TensorProto, TensorProto_DataLocation, TensorProto_DataType } from 'onnx-buf'
import { invalidInput, unsupportedOp } from '../core/index.ts'
import { allocate, type DType, formatShape, sizeOf, type Tensor } from '../tensor/index.ts'
import { dtypeNumbers } from './dtype-numbers.ts'

/** Bytes that a tensor keeps in a file beside the model's. */
export type ReadExternal = (
  entries: Readonly<Record<string, string>>,
  wanted: { readonly what: string; readonly byteLength: number },
) => Uint8Array

/** The most axes a tensor may have; onnxruntime itself knows of no kernel for more than a few. */
const mostAxes = 32

/** The dtype that the format gives this number. @throws UnsupportedOp for one that Vitrine lacks */
export function dtypeOf(number: number, what: string): DType {
  for (const [dtype, known] of Object.entries(dtypeNumbers))
    if (known === number) return dtype as DType
  const name = TensorProto_DataType[number]?.toLowerCase() ?? `of the unknown type ${number}`
  throw unsupportedOp(
    `${what} is ${name}, which Vitrine does not compute with yet; convert the model to float32`,
  )
}

/**
 * A tensor from the file, its data an own copy.
 * @param what names it in messages: `model.onnx: initializer "w"`
 * @throws InvalidInput when its data is not as long as its shape says; UnsupportedOp for a dtype
 *   that Vitrine lacks
 */
export function readTensor(proto: TensorProto, what: string, external: ReadExternal): Tensor {
  const dtype = dtypeOf(proto.dataType, what)
  const shape = proto.dims.map(Number)
  const size = sizeOf(shape)
  const sound = shape.every((axis) => Number.isSafeInteger(axis) && axis >= 0)
  if (!sound || shape.length > mostAxes || !Number.isSafeInteger(size))
    throw invalidInput(`${what} has no possible shape (${formatShape(shape.slice(0, mostAxes))})`)
  const wrong = (got: number): Error =>
    invalidInput(
      `${what} of shape ${formatShape(shape)} holds ${got} ${dtype} elements, its shape wants ${size}; the file is damaged`,
    )
  const { BYTES_PER_ELEMENT: width } = allocate(dtype, 0)
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL) {
    const entries = Object.fromEntries(proto.externalData.map(({ key, value }) => [key, value]))
    const bytes = external(entries, { what, byteLength: size * width })
    if (bytes.length !== size * width) throw wrong(bytes.length / width)
    return { dtype, shape, data: fromBytes(dtype, bytes) }
  }
  if (proto.rawData.length > 0) {
    if (proto.rawData.length !== size * width) throw wrong(proto.rawData.length / width)
    return { dtype, shape, data: fromBytes(dtype, proto.rawData) }
  }
  const values = typedField(proto, dtype)
  if (values.length !== size) throw wrong(values.length)
  const data = allocate(dtype, size)
  for (let i = 0; i < size; i++) data[i] = dtype === 'bool' ? Number(values[i] !== 0) : values[i]!
  return { dtype, shape, data }
}

/** Little-endian, as the format has it and every machine that onnxruntime runs on. */
function fromBytes(dtype: DType, bytes: Uint8Array): Tensor['data'] {
  const data = allocate(dtype, bytes.length / allocate(dtype, 0).BYTES_PER_ELEMENT)
  new Uint8Array(data.buffer).set(bytes)
  return data
}

function typedField(proto: TensorProto, dtype: DType): readonly number[] | readonly bigint[] {
  switch (dtype) {
    case 'float32':
      return proto.floatData
    case 'float64':
      return proto.doubleData
    case 'int64':
      return proto.int64Data
    default:
      return proto.int32Data
  }
}

import { type TensorProto, TensorProto_DataLocation, TensorProto_DataType } from 'onnx-buf'
import { invalidInput, unsupportedOp } from '../core/index.ts'
import { allocate, type DType, formatShape, sizeOf, type Tensor } from '../tensor/index.ts'
import { dtypeNumbers } from './dtype-numbers.ts'
import { halfFloats, type NarrowNumbers, quantised, widen } from './narrow-numbers.ts'

/** Bytes that a tensor keeps in a file beside the model's. */
export type ReadExternal = (
  entries: Readonly<Record<string, string>>,
  wanted: { readonly what: string; readonly byteLength: number },
) => Uint8Array

/** The most axes a tensor may have; onnxruntime itself knows of no kernel for more than a few. */
const mostAxes = 32

/**
 * The dtype in which Vitrine computes what the format gives this number: floats of 16 bits become
 * float32.
 * @throws UnsupportedOp for one that Vitrine lacks
 */
export function dtypeOf(number: number, what: string): DType {
  if (halfFloats.has(number)) return 'float32'
  for (const [dtype, known] of Object.entries(dtypeNumbers))
    if (known === number) return dtype as DType
  const name = TensorProto_DataType[number]?.toLowerCase() ?? `of the unknown type ${number}`
  throw unsupportedOp(`${what} is ${name}, which Vitrine does not compute with; ${remedy(number)}`)
}

function remedy(number: number): string {
  if (number === TensorProto_DataType.STRING)
    return 'export the model without its text processing, with tokens as its input'
  return quantised.has(number) || number >= TensorProto_DataType.FLOAT8E4M3FN
    ? 'take the file of this model that is not quantised'
    : 'convert the model to float32, int32 or int64'
}

/**
 * A tensor from the file, its data an own copy.
 * @param what names it in messages: `model.onnx: initializer "w"`
 * @throws InvalidInput when its data is not as long as its shape says; UnsupportedOp for a dtype
 *   that Vitrine lacks
 */
export function readTensor(proto: TensorProto, what: string, external: ReadExternal): Tensor {
  const narrow = halfFloats.get(proto.dataType)
  return tensorOf({ proto, what, external, narrow, dtype: dtypeOf(proto.dataType, what) })
}

/** A tensor of quantised numbers as int32; undefined where it is stored in another dtype. */
export function readQuantised(
  proto: TensorProto,
  what: string,
  external: ReadExternal,
): Tensor | undefined {
  const narrow = quantised.get(proto.dataType)
  if (narrow !== undefined) return tensorOf({ proto, what, external, narrow, dtype: narrow.dtype })
  return proto.dataType === dtypeNumbers.int32 ? readTensor(proto, what, external) : undefined
}

interface Stored {
  readonly proto: TensorProto
  readonly what: string
  readonly external: ReadExternal
  readonly narrow: NarrowNumbers | undefined
  readonly dtype: DType
}

function tensorOf({ proto, what, external, narrow, dtype }: Stored): Tensor {
  const shape = proto.dims.map(Number)
  const size = sizeOf(shape)
  const sound = shape.every((axis) => Number.isSafeInteger(axis) && axis >= 0)
  if (!sound || shape.length > mostAxes || !Number.isSafeInteger(size))
    throw invalidInput(`${what} has no possible shape (${formatShape(shape.slice(0, mostAxes))})`)
  const bits = narrow?.bits ?? 8 * allocate(dtype, 0).BYTES_PER_ELEMENT
  const byteLength = Math.ceil((size * bits) / 8)
  const bytes = bytesOf(proto, { bits, byteLength, what, external })
  if (bytes.length !== byteLength) {
    const stored =
      narrow === undefined ? dtype : TensorProto_DataType[proto.dataType]!.toLowerCase()
    throw invalidInput(
      `${what} of shape ${formatShape(shape)} holds ${(bytes.length * 8) / bits} ${stored} elements, its shape wants ${size}; the file is damaged`,
    )
  }
  const data = narrow === undefined ? copied(dtype, bytes) : widen(bytes, size, narrow)
  return { dtype, shape, data } as Tensor
}

/** Little-endian, as the format has it and every machine that onnxruntime runs on. */
function copied(dtype: DType, bytes: Uint8Array): Tensor['data'] {
  const data = allocate(dtype, bytes.length / allocate(dtype, 0).BYTES_PER_ELEMENT)
  new Uint8Array(data.buffer).set(bytes)
  return data
}

function bytesOf(
  proto: TensorProto,
  place: Pick<Stored, 'what' | 'external'> & { readonly bits: number; readonly byteLength: number },
): Uint8Array {
  const { what, external, bits, byteLength } = place
  if (proto.dataLocation === TensorProto_DataLocation.EXTERNAL) {
    const entries = Object.fromEntries(proto.externalData.map(({ key, value }) => [key, value]))
    return external(entries, { what, byteLength })
  }
  if (proto.rawData.length > 0) return proto.rawData
  const numbers = fieldOf(proto, bits)
  return new Uint8Array(numbers.buffer)
}

/** The numbers of the field that a dtype has of its own, in as many bits as it has in memory. */
function fieldOf({ dataType, ...fields }: TensorProto, bits: number) {
  switch (dataType) {
    case TensorProto_DataType.FLOAT:
      return Float32Array.from(fields.floatData)
    case TensorProto_DataType.DOUBLE:
      return Float64Array.from(fields.doubleData)
    case TensorProto_DataType.INT64:
      return BigInt64Array.from(fields.int64Data)
    case TensorProto_DataType.BOOL:
      return Uint8Array.from(fields.int32Data, (x) => Number(x !== 0))
    default:
      // those narrower than a byte stand packed there too
      if (bits <= 8) return Uint8Array.from(fields.int32Data)
      return bits === 16 ? Uint16Array.from(fields.int32Data) : Int32Array.from(fields.int32Data)
  }
}

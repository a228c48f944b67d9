import { create, fromBinary, toBinary } from '@bufbuild/protobuf'
import {
  type AttributeProto,
  AttributeProto_AttributeType as Kind,
  type ModelProto,
  ModelProtoSchema,
  NodeProtoSchema,
  type TensorProto,
  TensorProtoSchema,
  TensorProto_DataType as Type,
  type ValueInfoProto,
} from 'onnx-buf'

const floatsOf = ({ rawData, floatData }: TensorProto): Float32Array =>
  rawData.length > 0
    ? new Float32Array(Uint8Array.from(rawData).buffer)
    : Float32Array.from(floatData)

/** A model in half precision: weights, constants, casts, inputs and outputs. For tests only. */
export function inHalfPrecision(model: Uint8Array): Uint8Array {
  const proto = fromBinary(ModelProtoSchema, model)
  const graph = proto.graph!
  const halve = (tensor: TensorProto): void => {
    if (tensor.dataType !== Type.FLOAT) return
    tensor.rawData = new Uint8Array(Float16Array.from(floatsOf(tensor)).buffer)
    tensor.floatData = []
    tensor.dataType = Type.FLOAT16
  }
  const halveAttribute = (attribute: AttributeProto): void => {
    if (attribute.t !== undefined) halve(attribute.t)
    if (attribute.name === 'to' && attribute.i === BigInt(Type.FLOAT))
      attribute.i = BigInt(Type.FLOAT16)
  }
  const halveValue = ({ type }: ValueInfoProto): void => {
    if (type?.value.case === 'tensorType' && type.value.value.elemType === Type.FLOAT)
      type.value.value.elemType = Type.FLOAT16
  }
  graph.initializer.forEach(halve)
  for (const { attribute } of graph.node) attribute.forEach(halveAttribute)
  for (const value of [...graph.input, ...graph.output]) halveValue(value)
  return toBinary(ModelProtoSchema, proto)
}

/** A model whose matrices are 8-bit integers with a scale for each column. For tests only. */
export function withQuantisedMatrices(model: Uint8Array): Uint8Array {
  const proto: ModelProto = fromBinary(ModelProtoSchema, model)
  const graph = proto.graph!
  const matrices = graph.initializer.filter(
    ({ dims, dataType }) => dims.length === 2 && dataType === Type.FLOAT,
  )
  for (const matrix of matrices) {
    const columns = Number(matrix.dims[1])
    const floats = floatsOf(matrix)
    const scales = new Float32Array(columns).fill(1e-9)
    floats.forEach((x, i) => {
      scales[i % columns] = Math.max(scales[i % columns]!, Math.abs(x) / 127)
    })
    const codes = Int8Array.from(floats, (x, i) => Math.round(x / scales[i % columns]!))
    graph.node.unshift(
      create(NodeProtoSchema, {
        opType: 'DequantizeLinear',
        input: [`${matrix.name}_quantized`, `${matrix.name}_scale`],
        output: [matrix.name],
        attribute: [{ name: 'axis', type: Kind.INT, i: 1n }],
      }),
    )
    graph.initializer.push(
      create(TensorProtoSchema, {
        name: `${matrix.name}_scale`,
        dataType: Type.FLOAT,
        dims: [BigInt(columns)],
        rawData: new Uint8Array(scales.buffer),
      }),
    )
    matrix.name += '_quantized'
    matrix.dataType = Type.INT8
    matrix.rawData = new Uint8Array(codes.buffer)
    matrix.floatData = []
  }
  return toBinary(ModelProtoSchema, proto)
}

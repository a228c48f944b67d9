import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import {
  AttributeProto_AttributeType,
  type GraphProtoSchema,
  ModelProtoSchema,
  type TensorProtoSchema,
  TensorProto_DataType as Type,
} from 'onnx-buf'

/** What a test says of a model, its graph and a tensor in place of what is usual. */
export type ModelInit = Plain<MessageInitShape<typeof ModelProtoSchema>>
export type GraphInit = Plain<MessageInitShape<typeof GraphProtoSchema>>
export type TensorInit = Plain<MessageInitShape<typeof TensorProtoSchema>>
/** Fields to be filled in, not a whole message. */
type Plain<M> = Exclude<M, { $typeName: string }>

/** An input or output of float32; an axis of any size by its name. For tests only. */
export const floats = (name: string, ...axes: (number | string)[]) => ({
  name,
  type: {
    value: {
      case: 'tensorType' as const,
      value: {
        elemType: Type.FLOAT,
        shape: {
          dim: axes.map((axis) =>
            typeof axis === 'number'
              ? { value: { case: 'dimValue' as const, value: BigInt(axis) } }
              : { value: { case: 'dimParam' as const, value: axis } },
          ),
        },
      },
    },
  },
})
/** The tensor "w" of two elements, which are still to be given. For tests only. */
export const weight = (more: TensorInit = {}): TensorInit => ({
  name: 'w',
  dataType: Type.FLOAT,
  dims: [2n],
  ...more,
})
/** An attribute of a node. For tests only. */
export const ints = (name: string, ...values: number[]) => ({
  name,
  type: AttributeProto_AttributeType.INTS,
  ints: values.map(BigInt),
})
/** An attribute of a node. For tests only. */
export const int = (name: string, value: number) => ({
  name,
  type: AttributeProto_AttributeType.INT,
  i: BigInt(value),
})
/** y = x + w. For tests only. */
export const addNode = { opType: 'Add', input: ['x', 'w'], output: ['y'] }

/** The bytes of y = x + w, or of whatever is said otherwise. For tests only. */
export function modelBytes(graph: GraphInit = {}, model: ModelInit = {}): Uint8Array {
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 8n,
      opsetImport: [{ domain: '', version: 17n }],
      graph: {
        name: 'g',
        input: [floats('x', 'N', 2)],
        output: [floats('y', 'N', 2)],
        initializer: [weight({ floatData: [1, 2] })],
        node: [addNode],
        ...graph,
      },
      ...model,
    }),
  )
}

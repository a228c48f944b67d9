import { create, type MessageInitShape, toBinary } from '@bufbuild/protobuf'
import {
  type AttributeProtoSchema,
  ModelProtoSchema,
  type NodeProtoSchema,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from 'onnx-buf'

/** ONNX element types, by their numbers in the format. */
export const [float32, uint8, int8, int32, int64, float16] = [1, 2, 3, 6, 7, 10]
/** Attribute type and place of data, by theirs. */
const [intAttribute, externalData] = [2, 1]

/** An operator with its inputs, outputs and attributes. */
export type Node = MessageInitShape<typeof NodeProtoSchema>
/** An input or output of a graph. */
export type Port = MessageInitShape<typeof ValueInfoProtoSchema>
type Weight = MessageInitShape<typeof TensorProtoSchema>

/** What a search graph is made of. */
interface GraphParts {
  readonly initializer?: Weight[]
  readonly input: Port[]
  readonly output: Port[]
  readonly node: Node[]
}

/** The bytes of an ONNX model. */
export function graph(parts: GraphParts): Uint8Array {
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: 10n,
      producerName: 'vitrine',
      opsetImport: [{ domain: '', version: 21n }],
      graph: { name: 'scan', ...parts },
    }),
  )
}

/** A part of a raw little-endian file beside the graph, which onnxruntime maps instead of reading. */
export interface MappedPart {
  readonly name: string
  readonly fileName: string
  readonly dataType: number
  readonly shape: readonly number[]
  readonly offset: number
  readonly bytesPerValue: number
}

/** A weight that is a part of a file. */
export function mapped({ name, fileName, dataType, shape, ...part }: MappedPart): Weight {
  const length = shape.reduce((product, axis) => product * axis, part.bytesPerValue)
  return {
    name,
    dims: shape.map(BigInt),
    dataType,
    dataLocation: externalData,
    externalData: [
      { key: 'location', value: fileName },
      { key: 'offset', value: String(part.offset) },
      { key: 'length', value: String(length) },
    ],
  }
}

/** An input or output, some axes free and named. */
export function port(name: string, elemType: number, ...axes: (number | string)[]): Port {
  const dim = axes.map((axis) =>
    typeof axis === 'string'
      ? { value: { case: 'dimParam' as const, value: axis } }
      : { value: { case: 'dimValue' as const, value: BigInt(axis) } },
  )
  return { name, type: { value: { case: 'tensorType', value: { elemType, shape: { dim } } } } }
}

/** An attribute that is a whole number. */
export function int(name: string, i: number): MessageInitShape<typeof AttributeProtoSchema> {
  return { name, type: intAttribute, i: BigInt(i) }
}

/** Outputs of whatever ranks: the k largest scores of each query and their rows. */
export const ranked: Port[] = [port('scores', float32, 'B', 'K'), port('rows', int32, 'B', 'K')]

/** `all` [B, N] → {@link ranked} */
export const ranking: Node[] = [
  { opType: 'TopK', input: ['all', 'k'], output: ['scores', 'wide'] },
  { opType: 'Cast', input: ['wide'], output: ['rows'], attribute: [int('to', int32)] },
]

import type { MessageInitShape } from '@bufbuild/protobuf'
import {
  AttributeProto_AttributeType,
  type AttributeProtoSchema,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from 'onnx-buf'
import type { DType, Tensor } from '../tensor/index.ts'
import type { Attribute } from './attribute.ts'
import { dtypeNumbers } from './dtype-numbers.ts'

/** A node's attribute as the file stores it. */
export function attributeProto(
  name: string,
  attribute: Attribute,
): MessageInitShape<typeof AttributeProtoSchema> {
  switch (attribute.type) {
    case 'int':
      return { name, type: AttributeProto_AttributeType.INT, i: BigInt(attribute.value) }
    case 'ints':
      return { name, type: AttributeProto_AttributeType.INTS, ints: attribute.value.map(BigInt) }
    case 'float':
      return { name, type: AttributeProto_AttributeType.FLOAT, f: attribute.value }
    case 'floats':
      return { name, type: AttributeProto_AttributeType.FLOATS, floats: [...attribute.value] }
    case 'string':
      return { name, type: AttributeProto_AttributeType.STRING, s: encode(attribute.value) }
    case 'strings':
      return {
        name,
        type: AttributeProto_AttributeType.STRINGS,
        strings: attribute.value.map(encode),
      }
    case 'tensor':
      return {
        name,
        type: AttributeProto_AttributeType.TENSOR,
        t: tensorProto('', attribute.value),
      }
  }
}

const encode = (words: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(words)

/** A tensor as the file stores it: its bytes as they are. */
export function tensorProto(
  name: string,
  { dtype, shape, data }: Tensor,
): MessageInitShape<typeof TensorProtoSchema> {
  return {
    name,
    dataType: dtypeNumbers[dtype],
    dims: shape.map(BigInt),
    rawData: new Uint8Array(data.buffer as ArrayBuffer, data.byteOffset, data.byteLength),
  }
}

/**
 * A graph's input or output as the file describes it.
 * @param shape a number where an axis has one size, a name where it may have any, '?' where it has
 *   not even a name; null where nothing is known
 */
export function valueInfoProto(
  name: string,
  { dtype, shape }: { readonly dtype: DType; readonly shape: readonly (number | string)[] | null },
): MessageInitShape<typeof ValueInfoProtoSchema> {
  return {
    name,
    type: {
      value: {
        case: 'tensorType',
        value: {
          elemType: dtypeNumbers[dtype],
          ...(shape === null ? {} : { shape: { dim: shape.map(dimension) } }),
        },
      },
    },
  }
}

/** A graph's output that is a sequence of float32 tensors, as the file describes it. */
export function sequenceInfoProto(name: string): MessageInitShape<typeof ValueInfoProtoSchema> {
  const elemType = {
    value: { case: 'tensorType' as const, value: { elemType: dtypeNumbers.float32 } },
  }
  return { name, type: { value: { case: 'sequenceType', value: { elemType } } } }
}

function dimension(axis: number | string) {
  if (typeof axis === 'number') return { value: { case: 'dimValue' as const, value: BigInt(axis) } }
  return axis === '?' ? {} : { value: { case: 'dimParam' as const, value: axis } }
}

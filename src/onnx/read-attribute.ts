import { type AttributeProto, AttributeProto_AttributeType as Kind } from 'onnx-buf'
import { unsupportedOp } from '../core/index.ts'
import type { Attribute } from './attribute.ts'
import { type ReadExternal, readTensor } from './read-tensor.ts'

/**
 * A node's attribute from the file.
 * @param what names the node in messages
 * @throws UnsupportedOp for graphs and other kinds that Vitrine lacks
 */
export function readAttribute(
  proto: AttributeProto,
  what: string,
  external: ReadExternal,
): Attribute {
  switch (proto.type) {
    case Kind.INT:
      return { type: 'int', value: integerOf(proto.i) }
    case Kind.INTS:
      return { type: 'ints', value: proto.ints.map(integerOf) }
    case Kind.FLOAT:
      return { type: 'float', value: proto.f }
    case Kind.FLOATS:
      return { type: 'floats', value: proto.floats }
    case Kind.STRING:
      return { type: 'string', value: textOf(proto.s) }
    case Kind.STRINGS:
      return { type: 'strings', value: proto.strings.map(textOf) }
    case Kind.TENSOR:
      if (proto.t !== undefined)
        return {
          type: 'tensor',
          value: readTensor(proto.t, `${what}: attribute "${proto.name}"`, external),
        }
      break
    case Kind.GRAPH:
    case Kind.GRAPHS:
      throw unsupportedOp(
        `${what} holds a graph of its own (a loop or a branch), which is not read yet; export the model without`,
      )
  }
  throw unsupportedOp(
    `${what}: attribute "${proto.name}" is of kind ${Kind[proto.type] ?? proto.type}, which is not read`,
  )
}

/** Integers beyond 2⁵³ only ever mean "as far as it goes". */
function integerOf(value: bigint): number {
  const limit = BigInt(Number.MAX_SAFE_INTEGER)
  if (value > limit) return Number.MAX_SAFE_INTEGER
  return value < -limit ? Number.MIN_SAFE_INTEGER : Number(value)
}

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes)

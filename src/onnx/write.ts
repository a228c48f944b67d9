import type { MessageInitShape } from '@bufbuild/protobuf'
import { create, toBinary } from '@bufbuild/protobuf'
import {
  ModelProtoSchema,
  type NodeProtoSchema,
  type TensorProtoSchema,
  type ValueInfoProtoSchema,
} from 'onnx-buf'
import { invalidInput } from '../core/index.ts'
import type { Tensor } from '../tensor/index.ts'
import { reachable } from './order.ts'
import { attributeProto, tensorProto, valueInfoProto } from './protos.ts'
import type { Node, Parameter, Value } from './value.ts'

/** The ONNX operator set that graphs are written in. */
export const opsetVersion = 20
/** ONNX's file format version that belongs to it. */
const irVersion = 9

/** How {@link writeModel} writes. */
export interface WriteOptions {
  /** Parameters that become inputs, with their names; all others are stored in the file. */
  readonly parameterInputs?: ReadonlyMap<Parameter, string>
  /** Names of parameters that are stored; default: p0, p1, ... */
  readonly parameterNames?: ReadonlyMap<Parameter, string>
  /** Name given to the first axis of inputs and outputs, which may then have any size. */
  readonly freeBatch?: string
}

/**
 * Writes the graph behind named outputs as an ONNX model.
 *
 * Nodes are in topological order, names follow from positions, so equal graphs give equal bytes.
 * @throws InvalidInput when two inputs share a name
 */
export function writeModel(
  outputs: Readonly<Record<string, Value>>,
  options: WriteOptions = {},
): Uint8Array {
  const { parameterInputs, parameterNames, freeBatch } = options
  const { nodes, leaves } = reachable(Object.values(outputs))
  const names = new Map<Value, string>()
  const taken = new Set(Object.keys(outputs))
  const inputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = []
  const initializers: MessageInitShape<typeof TensorProtoSchema>[] = []
  for (const leaf of leaves) {
    const asInput = leaf.kind === 'parameter' ? parameterInputs?.get(leaf) : undefined
    if (leaf.kind === 'input' || asInput !== undefined) {
      const name = asInput ?? (leaf as { name: string }).name
      if (taken.has(name)) throw invalidInput(`graph: two things are named "${name}"; rename one`)
      taken.add(name)
      names.set(leaf, name)
      inputs.push(describe(name, leaf, leaf.kind === 'input' ? freeBatch : undefined))
    } else {
      const stored = leaf as Tensor & Value
      const name =
        (leaf.kind === 'parameter' ? parameterNames?.get(leaf) : undefined) ??
        `${leaf.kind === 'parameter' ? 'p' : 'c'}${initializers.length}`
      names.set(leaf, name)
      initializers.push(tensorProto(name, stored))
    }
  }
  nodes.forEach((node, i) => {
    for (const output of node.outputs) names.set(output, `v${i}_${output.output}`)
  })
  const nodeProtos = nodes.map((node) => nodeProto(node, names))
  const outputProtos = Object.entries(outputs).map(([name, value]) => {
    // An Identity gives an output its own name, whatever else uses the value.
    nodeProtos.push({ opType: 'Identity', input: [names.get(value)!], output: [name] })
    return describe(name, value, freeBatch)
  })
  return toBinary(
    ModelProtoSchema,
    create(ModelProtoSchema, {
      irVersion: BigInt(irVersion),
      producerName: 'vitrine',
      opsetImport: [
        { domain: '', version: BigInt(opsetVersion) },
        { domain: 'com.microsoft', version: 1n },
      ],
      graph: {
        name: 'vitrine',
        node: nodeProtos,
        initializer: initializers,
        input: inputs,
        output: outputProtos,
      },
    }),
  )
}

function nodeProto(
  node: Node,
  names: ReadonlyMap<Value, string>,
): MessageInitShape<typeof NodeProtoSchema> {
  return {
    opType: node.op,
    domain: node.domain,
    input: node.inputs.map((value) => (value === null ? '' : names.get(value)!)),
    output: node.outputs.map((value) => names.get(value)!),
    attribute: Object.entries(node.attributes).map(([name, value]) => attributeProto(name, value)),
  }
}


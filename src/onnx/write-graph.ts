import { create, toBinary } from '@bufbuild/protobuf'
import { ModelProtoSchema } from 'onnx-buf'
import type { ModelGraph } from './model-graph.ts'
import { attributeProto, tensorProto, valueInfoProto } from './protos.ts'

/**
 * The bytes of a model in which every output of every node is an output of the graph too, for
 * whoever wants to see what passes through it.
 */
export function writeExposed(graph: ModelGraph): Uint8Array {
  const { opset, inputs, outputs, nodes, initializers } = graph
  const named = new Set(outputs.map(({ name }) => name))
  const inner = nodes.flatMap((node) => node.outputs).filter((name) => name !== '')
  const proto = create(ModelProtoSchema, {
    irVersion: 9n,
    producerName: 'vitrine',
    opsetImport: [
      { domain: '', version: BigInt(opset) },
      { domain: 'com.microsoft', version: 1n },
    ],
    graph: {
      name: 'vitrine',
      node: nodes.map(({ name, op, domain, attributes, ...node }) => ({
        name,
        opType: op,
        domain,
        input: [...node.inputs],
        output: [...node.outputs],
        attribute: Object.entries(attributes).map(([key, value]) => attributeProto(key, value)),
      })),
      initializer: Array.from(initializers, ([name, stored]) => tensorProto(name, stored)),
      input: inputs.map((value) => valueInfoProto(value.name, value)),
      output: [
        ...outputs.map((value) => valueInfoProto(value.name, value)),
        // the runtime infers their types
        ...inner.filter((name) => !named.has(name)).map((name) => ({ name })),
      ],
    },
  })
  return toBinary(ModelProtoSchema, proto)
}

import { unsupportedOp } from '../core/index.ts'
import { type Tensor, tensor } from '../tensor/index.ts'
import type { Attributes } from './attribute.ts'
import type { ModelGraph } from './model-graph.ts'

/**
 * A graph in which Constant nodes are what they are: stored content.
 * @throws UnsupportedOp when one holds neither numbers nor a tensor
 */
export function withoutConstants(graph: ModelGraph): ModelGraph {
  const initializers = new Map(graph.initializers)
  const nodes = graph.nodes.filter(({ op, domain, attributes, outputs }) => {
    if (op !== 'Constant' || domain !== '') return true
    initializers.set(outputs[0]!, constantOf(attributes))
    return false
  })
  return { ...graph, nodes, initializers }
}

/** What a Constant node holds. */
function constantOf(attributes: Attributes): Tensor {
  for (const [name, attribute] of Object.entries(attributes)) {
    if (name === 'value' && attribute.type === 'tensor') return attribute.value
    if (name === 'value_float' && attribute.type === 'float')
      return tensor('float32', [], Float32Array.of(attribute.value))
    if (name === 'value_floats' && attribute.type === 'floats')
      return tensor('float32', [attribute.value.length], Float32Array.from(attribute.value))
    if (name === 'value_int' && attribute.type === 'int')
      return tensor('int64', [], BigInt64Array.of(BigInt(attribute.value)))
    if (name === 'value_ints' && attribute.type === 'ints')
      return tensor('int64', [attribute.value.length], BigInt64Array.from(attribute.value, BigInt))
  }
  throw unsupportedOp('Constant: it holds neither numbers nor a tensor, which is not read')
}

import { AppError, invalidInput } from '../core/index.ts'
import type { DType, Shape, Tensor } from '../tensor/index.ts'
import { learnedInitializers } from './learned.ts'
import { type GraphNode, type ModelGraph, nodeLabel } from './model-graph.ts'
import { constantOf, upgrade } from './upgrade.ts'
import {
  compute,
  constant,
  type Input,
  input,
  type Parameter,
  parameter,
  type Value,
} from './value.ts'

/** What each value of a graph is, by name: see `measureShapes` in runtime. */
export type KnownShapes = ReadonlyMap<string, { readonly dtype: DType; readonly shape: Shape }>

/** A model as Values, to be extended, differentiated and written. */
export interface ModelValues {
  readonly inputs: ReadonlyMap<string, Input>
  readonly outputs: Readonly<Record<string, Value>>
  /** What is learned, by the names of the file, which `writeModel` can keep (`parameterNames`). */
  readonly parameters: ReadonlyMap<string, Parameter>
}

/**
 * Turns a model that was read into Values, in the operator set that Vitrine writes.
 *
 * Float initializers that are used as weights become parameters (each an own copy), running
 * statistics become parameters of that role, and all else stays constant. Dropout becomes the
 * identity, and normalisation goes by the running statistics, as in inference.
 *
 * @param shapes of every input and every output of a node
 * @throws InvalidInput when a shape is missing; UnsupportedOp when a node of an older operator set
 *   has no equal in the one that Vitrine writes
 */
export function toValues(graph: ModelGraph, shapes: KnownShapes): ModelValues {
  const shapeOf = (name: string) => {
    const known = shapes.get(name)
    if (known === undefined)
      throw invalidInput(
        `model: nothing is known of the shape of "${name}"; measure the shapes of this model first`,
      )
    return known
  }
  const plain = withoutConstants(graph)
  const roles = learnedInitializers(plain)
  const values = new Map<string, Value>()
  const parameters = new Map<string, Parameter>()
  const inputs = new Map<string, Input>()
  for (const [name, stored] of plain.initializers) {
    const role = roles.get(name)
    if (role === undefined) values.set(name, constant(stored))
    else {
      const own = parameter({ ...stored, data: stored.data.slice() } as Tensor, role)
      parameters.set(name, own)
      values.set(name, own)
    }
  }
  for (const { name, dtype } of plain.inputs) {
    const given = input(name, shapeOf(name).shape, dtype)
    inputs.set(name, given)
    values.set(name, given)
  }
  for (const node of plain.nodes) {
    const given = node.inputs.map((name) => (name === '' ? null : values.get(name)!))
    const wanted = withoutTail(node.outputs)
    // What an output is that nobody takes does not matter.
    const outputs = wanted.map((name) =>
      name === '' ? { dtype: 'float32' as const, shape: [] } : shapeOf(name),
    )
    const applied = upgraded(node, given, { opset: graph.opset, outputs })
    const computed = compute({ ...applied, domain: node.domain, outputs })
    computed.forEach((value, i) => {
      if (wanted[i] !== '') values.set(wanted[i]!, value)
    })
  }
  const outputs = Object.fromEntries(plain.outputs.map(({ name }) => [name, values.get(name)!]))
  return { inputs, outputs, parameters }
}

function upgraded(
  node: GraphNode,
  inputs: readonly (Value | null)[],
  { opset, outputs }: { readonly opset: number; readonly outputs: readonly { shape: Shape }[] },
) {
  const applied = { op: node.op, inputs: withoutTail(inputs), attributes: node.attributes }
  if (node.domain !== '') return applied
  try {
    return upgrade(applied, { opset, shape: outputs[0]?.shape ?? [], outputs: outputs.length })
  } catch (error) {
    if (error instanceof AppError)
      throw new AppError(error.code, `${nodeLabel(node)}: ${error.message}`, { cause: error })
    throw error
  }
}

/** Constant nodes as what they are: stored content. */
function withoutConstants(graph: ModelGraph): ModelGraph {
  const initializers = new Map(graph.initializers)
  const nodes = graph.nodes.filter(({ op, domain, attributes, outputs }) => {
    if (op !== 'Constant' || domain !== '') return true
    initializers.set(outputs[0]!, constantOf(attributes))
    return false
  })
  return { ...graph, nodes, initializers }
}

/** The list up to the last that is not left out. */
function withoutTail<T extends Value | null | string>(list: readonly T[]): T[] {
  const last = list.findLastIndex((one) => one !== null && one !== '')
  return list.slice(0, last + 1)
}

import type { MessageInitShape } from '@bufbuild/protobuf'
import type { NodeProtoSchema, TensorProtoSchema, ValueInfoProtoSchema } from 'onnx-buf'
import { invalidInput } from '../core/index.ts'
import type { Tensor } from '../tensor/index.ts'
import { cutPools } from './cut-pools.ts'
import { expandComposites } from './expand-composites.ts'
import { modelFile } from './model-file.ts'
import { reachable } from './order.ts'
import { attributeProto, sequenceInfoProto, tensorProto, valueInfoProto } from './protos.ts'
import { contentOf, type Node, type Parameter, type Value } from './value.ts'

/** The ONNX operator set that graphs are written in. */
export const opsetVersion = 20
/** ONNX's file format version that belongs to it. */
const irVersion = 9

/** Names of the axes of inputs and outputs that may have any size: see {@link WriteOptions}. */
export type FreeAxes = Readonly<Record<string, readonly (string | null)[]>>

/** How {@link writeModel} writes. */
export interface WriteOptions {
  /** Parameters that become inputs, with their names; all others are stored in the file. */
  readonly parameterInputs?: ReadonlyMap<Parameter, string>
  /** Names of parameters that are stored; default: p0, p1, ... */
  readonly parameterNames?: ReadonlyMap<Parameter, string>
  /** Name given to the first axis of inputs and outputs, which may then have any size. */
  readonly freeBatch?: string
  /**
   * Names of axes that may have any size, by the name of the input or output: one for each axis, null
   * where its size is fixed. These go before `freeBatch`.
   */
  readonly freeAxes?: FreeAxes
  /** Name of an output before all others that is an empty sequence: see `compileStep` in runtime. */
  readonly sentinel?: string
}

/**
 * Writes the graph behind named outputs as an ONNX model.
 *
 * Nodes are in topological order, names follow from positions, so equal graphs give equal bytes.
 * Where no axis is free, what is known from the shapes alone is written as constants.
 * @throws InvalidInput when two inputs, outputs or named parameters share a name
 */
export function writeModel(
  given: Readonly<Record<string, Value>>,
  options: WriteOptions = {},
): Uint8Array {
  const { parameterInputs, parameterNames, sentinel } = options
  const anySize = Object.values(options.freeAxes ?? {}).some((axes) =>
    axes.some((axis) => axis !== null),
  )
  const free = anySize || options.freeBatch !== undefined
  const expanded = expandComposites(given)
  // the places of a picture have one size still where the batch alone is free
  const outputs = anySize ? expanded : cutPools(expanded)
  const { nodes, leaves } = reachable(
    Object.values(outputs),
    ({ known }) => !free && known !== undefined,
  )
  const nameOf = (leaf: Value): string | undefined => {
    if (leaf.kind === 'input') return leaf.name
    if (leaf.kind !== 'parameter') return undefined
    return parameterInputs?.get(leaf) ?? parameterNames?.get(leaf)
  }
  const { claim, invent } = namesBeside(Object.keys(outputs))
  const names = new Map<Value, string>()
  for (const leaf of leaves) {
    const name = nameOf(leaf)
    if (name !== undefined) names.set(leaf, claim(name))
  }
  const inputs: MessageInitShape<typeof ValueInfoProtoSchema>[] = []
  const initializers: MessageInitShape<typeof TensorProtoSchema>[] = []
  for (const leaf of leaves) {
    if (leaf.kind === 'input')
      inputs.push(valueInfoProto(leaf.name, described(leaf.name, leaf, options)))
    else if (leaf.kind === 'parameter' && parameterInputs?.has(leaf) === true)
      inputs.push(valueInfoProto(names.get(leaf)!, leaf))
    else {
      const prefix = leaf.kind === 'parameter' ? 'p' : 'c'
      const name = names.get(leaf) ?? invent(`${prefix}${initializers.length}`)
      names.set(leaf, name)
      const data = leaf.kind === 'parameter' ? leaf.data : contentOf(leaf)
      initializers.push(tensorProto(name, { ...leaf, data } as Tensor))
    }
  }
  for (const [name, value] of Object.entries(outputs))
    if (value.kind === 'computed' && !names.has(value)) names.set(value, name)
  nodes.forEach((node, i) => {
    for (const output of node.outputs)
      if (!names.has(output)) names.set(output, invent(`v${i}_${output.output}`))
  })
  const nodeProtos = nodes.map((node) => nodeProto(node, names))
  const outputProtos = Object.entries(outputs).map(([name, value]) => {
    // What is given out twice, or was given in, gets its other name by an Identity.
    if (names.get(value) !== name)
      nodeProtos.push({ opType: 'Identity', input: [names.get(value)!], output: [name] })
    return valueInfoProto(name, described(name, value, options))
  })
  if (sentinel !== undefined) {
    nodeProtos.push({ opType: 'SequenceEmpty', input: [], output: [claim(sentinel)] })
    outputProtos.unshift(sequenceInfoProto(sentinel))
  }
  return modelFile({
    irVersion,
    opset: opsetVersion,
    graph: { node: nodeProtos, initializer: initializers, input: inputs, output: outputProtos },
  })
}

function nodeProto(
  node: Node,
  names: ReadonlyMap<Value, string>,
): MessageInitShape<typeof NodeProtoSchema> {
  return {
    name: node.name ?? '',
    opType: node.op,
    domain: node.domain,
    input: node.inputs.map((value) => (value === null ? '' : names.get(value)!)),
    output: node.outputs.map((value) => names.get(value)!),
    attribute: Object.entries(node.attributes).map(([name, value]) => attributeProto(name, value)),
  }
}

/** Names that a user chose are kept, and those made up here keep clear of them. */
function namesBeside(outputs: readonly string[]) {
  const taken = new Set(outputs)
  return {
    claim(name: string): string {
      if (taken.has(name)) throw invalidInput(`graph: two things are named "${name}"; rename one`)
      taken.add(name)
      return name
    },
    invent(wish: string): string {
      let name = wish
      while (taken.has(name)) name += '_'
      taken.add(name)
      return name
    },
  }
}

function described(name: string, { dtype, shape }: Value, { freeBatch, freeAxes }: WriteOptions) {
  const free = freeAxes?.[name] ?? [freeBatch]
  return { dtype, shape: shape.map((axis, i) => free[i] ?? axis) }
}

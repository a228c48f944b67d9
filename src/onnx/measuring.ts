import { unsupportedOp } from '../core/index.ts'
import type { DType, Shape, Tensor } from '../tensor/index.ts'
import { withoutConstants } from './constant-nodes.ts'
import { dtypeNumbers } from './dtype-numbers.ts'
import { learnedInitializers } from './learned.ts'
import { modelFile } from './model-file.ts'
import type { ModelGraph } from './model-graph.ts'
import { attributeProto, tensorProto, valueInfoProto } from './protos.ts'
import { fixedByShapes } from './shape-arithmetic.ts'

/** What a value of a graph is for inputs of certain shapes. */
export interface KnownValue {
  readonly dtype: DType
  readonly shape: Shape
  /** What it holds, where that follows from the shapes alone. */
  readonly data?: Tensor['data'] | undefined
}

/** What each value of a graph is, by name: see `measureShapes` in runtime. */
export type KnownValues = ReadonlyMap<string, KnownValue>

/** A model that tells of each value of a graph what it is. */
export interface Measuring {
  readonly model: Uint8Array
  /** What the outputs of a run say. */
  read(results: Readonly<Record<string, Tensor>>): KnownValues
}

/** In front of the names of what is added to the graph. */
const [shapePrefix, emptyPrefix, flatPrefix] = ['shape of ', 'nothing of ', 'row of ']
const [noPlace, inARow] = ['no place', 'in a row']

/**
 * Gives out of every output of a node its shape and, for its dtype, an empty selection of its elements, so
 * that a run holds no more at once than the graph itself needs; and as a whole what is fixed by the
 * shapes.
 */
export function measuring(graph: ModelGraph): Measuring {
  const { opset, inputs, nodes, initializers } = withoutConstants(graph)
  const plain = { ...graph, nodes, initializers }
  const fixed = fixedByShapes(plain, new Set(learnedInitializers(plain).keys()))
  const names = nodes.flatMap((node) => node.outputs).filter((name) => name !== '')
  // onnxruntime starts from the last leaf of a graph: so each value is probed, and freed, as it comes
  const probes = names.toReversed().flatMap((name) => [
    { opType: 'Shape', input: [name], output: [shapePrefix + name] },
    { opType: 'Reshape', input: [name, inARow], output: [flatPrefix + name] },
    { opType: 'Gather', input: [flatPrefix + name, noPlace], output: [emptyPrefix + name] },
  ])
  const int64 = (data: readonly bigint[]): Tensor => ({
    dtype: 'int64',
    shape: [data.length],
    data: BigInt64Array.from(data),
  })
  const model = modelFile({
    irVersion: 10,
    opset,
    graph: {
      node: [
        ...nodes.map(({ name, op, domain, attributes, ...node }) => ({
          name,
          opType: op,
          domain,
          input: [...node.inputs],
          output: [...node.outputs],
          attribute: Object.entries(attributes).map(([key, value]) => attributeProto(key, value)),
        })),
        ...probes,
      ],
      initializer: [
        ...Array.from(initializers, ([name, stored]) => tensorProto(name, stored)),
        tensorProto(noPlace, int64([])),
        tensorProto(inARow, int64([-1n])),
      ],
      input: inputs.map((value) => valueInfoProto(value.name, value)),
      output: [
        // a graph without nodes must give something out too
        valueInfoProto(noPlace, { dtype: 'int64', shape: [0] }),
        // the runtime infers their types
        ...names.flatMap((name) => [
          { name: shapePrefix + name },
          { name: emptyPrefix + name },
          ...(fixed.has(name) ? [{ name }] : []),
        ]),
      ],
    },
  })
  return {
    model,
    read: (results) =>
      new Map(
        names.map((name) => {
          const { dtype } = results[emptyPrefix + name]!
          if (!(dtype in dtypeNumbers))
            throw unsupportedOp(
              `model: "${name}" is ${dtype}, which Vitrine does not compute with; take a file of this model that computes in float32`,
            )
          const shape = Array.from(results[shapePrefix + name]!.data, Number)
          return [name, { dtype, shape, data: results[name]?.data }]
        }),
      ),
  }
}

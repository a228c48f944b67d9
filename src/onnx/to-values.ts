import { AppError, invalidInput, shapeError, unsupportedOp } from '../core/index.ts'
import { formatShape, sameShape, type Tensor } from '../tensor/index.ts'
import { withoutConstants } from './constant-nodes.ts'
import { learnedInitializers } from './learned.ts'
import type { KnownValue, KnownValues } from './measuring.ts'
import { type GraphNode, type GraphValue, type ModelGraph, nodeLabel } from './model-graph.ts'
import { decidesShape } from './shape-arithmetic.ts'
import { upgrade } from './upgrade.ts'
import type { Applied } from './upgrade-composed.ts'
import { paddingFollowsSize } from './upgrade-padding.ts'
import {
  compute,
  constant,
  contentOf,
  type Input,
  input,
  type NodeOptions,
  type Parameter,
  parameter,
  type Value,
} from './value.ts'
import type { FreeAxes } from './write.ts'

/** A model as Values, to be extended, differentiated and written. */
export interface ModelValues {
  /** The inputs that are left to be fed. */
  readonly inputs: ReadonlyMap<string, Input>
  readonly outputs: Readonly<Record<string, Value>>
  /** What is learned, by the names of the file, which `writeModel` can keep (`parameterNames`). */
  readonly parameters: ReadonlyMap<string, Parameter>
  /**
   * Which axes the file leaves free, for `writeModel` to leave them free again; of those behind the
   * first none where the padding of a window (auto_pad) follows their size, which is a number here.
   */
  readonly freeAxes: FreeAxes
}

/** How {@link toValues} differs from the file. */
export interface ToValuesOptions {
  /** What stands in the place of inputs, by their names; default: graph inputs of the same names. */
  readonly inputs?: Readonly<Record<string, Value>>
  /** The parameters of an earlier call, which are shared. */
  readonly parameters?: ReadonlyMap<string, Parameter>
  /** What is put in the place of a node; undefined where it stays. */
  readonly replace?: (node: NodeOptions) => readonly Value[] | undefined
}

/**
 * Turns a model that was read into Values, in the operator set that Vitrine writes.
 *
 * Float initializers that are used as weights become parameters (each an own copy), running
 * statistics become parameters of that role, and all else stays constant. Dropout becomes the
 * identity, and normalisation goes by the running statistics, as in inference. What is computed from shapes
 * alone is known (`contentOf`), so that what a Reshape or Slice takes can be differentiated.
 *
 * @param known what `measureShapes` says of this model
 * @throws InvalidInput when a shape is missing; Shape when what stands for an input has another one;
 *   UnsupportedOp when a node of an older operator set has no equal in the one that Vitrine writes,
 *   or when what is fed decides how large something is
 */
export function toValues(
  graph: ModelGraph,
  known: KnownValues,
  options: ToValuesOptions = {},
): ModelValues {
  const { replace = () => undefined } = options
  const knownOf = (name: string): KnownValue => {
    const found = known.get(name)
    if (found === undefined)
      throw invalidInput(
        `model: nothing is known of the shape of "${name}"; measure the shapes of this model first`,
      )
    return found
  }
  const plain = withoutConstants(graph)
  const values = new Map<string, Value>()
  const parameters = options.parameters ?? parametersOf(plain)
  const inputs = new Map<string, Input>()
  for (const [name, stored] of plain.initializers)
    values.set(name, parameters.get(name) ?? constant(stored))
  for (const { name, dtype } of plain.inputs) {
    const { shape } = knownOf(name)
    const given = options.inputs?.[name] ?? input(name, shape, dtype)
    if (given.dtype !== dtype || !sameShape(given.shape, shape))
      throw shapeError(
        `model: its input "${name}" was measured as ${dtype} ${formatShape(shape)}, it is given ${given.dtype} ${formatShape(given.shape)}; measure it with that shape`,
      )
    if (given.kind === 'input') inputs.set(name, given)
    values.set(name, given)
  }
  for (const node of plain.nodes) {
    const wanted = withoutTail(node.outputs)
    const given = node.inputs.map((name) => (name === '' ? null : values.get(name)!))
    // What an output is that nobody takes does not matter.
    const outputs = wanted.map((name) =>
      name === '' ? { dtype: 'float32' as const, shape: [], data: undefined } : knownOf(name),
    )
    applied(node, given, { opset: graph.opset, outputs, replace }).forEach((value, i) => {
      if (wanted[i] !== '') values.set(wanted[i]!, value)
    })
  }
  const outputs = Object.fromEntries(plain.outputs.map(({ name }) => [name, values.get(name)!]))
  const sized = plain.nodes.some(paddingFollowsSize)
  const freeAxes = Object.fromEntries(
    [...plain.inputs, ...plain.outputs].map((value) => {
      const free = freeAxesOf(value, values.get(value.name)!)
      return [value.name, sized ? free.map((axis, i) => (i === 0 ? axis : null)) : free]
    }),
  )
  return { inputs, outputs, parameters, freeAxes }
}

function parametersOf(graph: ModelGraph): ReadonlyMap<string, Parameter> {
  const found = new Map<string, Parameter>()
  for (const [name, role] of learnedInitializers(graph)) {
    const stored = graph.initializers.get(name)!
    found.set(name, parameter({ ...stored, data: stored.data.slice() } as Tensor, role))
  }
  return found
}

function freeAxesOf({ shape }: GraphValue, value: Value): (string | null)[] {
  return value.shape.map((_, i) => {
    const axis = shape === null ? '?' : shape[i]
    return typeof axis === 'string' ? axis : null
  })
}

/** A node's outputs as Values. */
function applied(
  node: GraphNode,
  given: readonly (Value | null)[],
  place: {
    readonly opset: number
    readonly outputs: readonly KnownValue[]
    readonly replace: NonNullable<ToValuesOptions['replace']>
  },
): readonly Value[] {
  const { opset, outputs, replace } = place
  const { op, name, domain, attributes } = node
  const known = outputs.map(({ data }) => data)
  const fixed = known.every((data) => data !== undefined)
  const decisive = fixed ? [] : decidesShape(op)
  if (decisive.some((i) => given[i] != null && contentOf(given[i]) === undefined))
    throw unsupportedOp(
      `${nodeLabel(node)}: how large its output is depends on what is fed, not only on its shape, so the graph cannot be trained; cut the network before it`,
    )
  const old = { op, inputs: withoutTail(given), attributes }
  const current = domain === '' ? upgraded(node, old, { opset, outputs }) : old
  if ('kind' in current) return [current]
  // Also a Dropout, and a cast to what it is already, as files of half precision have them.
  const same = current.op === 'Identity' || (op === 'Cast' && given[0]!.dtype === outputs[0]!.dtype)
  if (same && domain === '') return [given[0]!]
  const named = name === '' ? {} : { name }
  const options = { ...current, ...named, domain, outputs, known }
  return replace(options) ?? compute(options)
}

function upgraded(
  node: GraphNode,
  old: Applied,
  { opset, outputs }: { readonly opset: number; readonly outputs: readonly KnownValue[] },
): Applied | Value {
  try {
    return upgrade(old, { opset, shape: outputs[0]?.shape ?? [], outputs: outputs.length })
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    throw new AppError(error.code, `${nodeLabel(node)}: ${error.message}`, { cause: error })
  }
}

/** The list up to the last that is not left out. */
function withoutTail<T extends Value | null | string>(list: readonly T[]): T[] {
  const last = list.findLastIndex((one) => one !== null && one !== '')
  return list.slice(0, last + 1)
}

import { invalidInput, shapeError } from '../core/index.ts'
import {
  type FreeAxes,
  floatOf,
  type Input,
  type KnownValues,
  type ModelGraph,
  type Node,
  type NodeOptions,
  type Parameter,
  reachable,
  toValues,
  type Value,
} from '../onnx/index.ts'
import { formatShape } from '../tensor/index.ts'
import { type InputShapes, measureFor } from './input-shapes.ts'
import type { Layer, Mode } from './layer.ts'
import { normalizeByBatch } from './normalize-by-batch.ts'
import { type Trainable, trainedNames } from './trainable.ts'

/** How an {@link ImportedNetwork} is trained. */
export interface ImportedNetworkOptions {
  /** What is trained; default: all. */
  readonly trainable?: Trainable
  /**
   * Which statistics BatchNormalization goes by in training: the running ones of the file (default), or
   * those of the batch, where its scale or shift is trained.
   */
  readonly batchNormalization?: 'running' | 'batch'
}

/**
 * A network that was read from an ONNX file. Its parameters keep the names of the file. Those that
 * are not trained are none to `parametersOf`: they receive no gradient and no update.
 */
export class ImportedNetwork implements Layer {
  /** Everything learned, trained or not, by the names of the file. */
  readonly parameters: ReadonlyMap<string, Parameter>
  /** Graph inputs of the sizes that the network was imported for. */
  readonly inputs: Readonly<Record<string, Input>>
  /** Which axes of inputs and output the file leaves free, for `writeModel`. */
  readonly freeAxes: FreeAxes
  readonly #graph: ModelGraph
  readonly #known = new Map<string, KnownValues>()
  readonly #trained: ReadonlySet<Parameter>
  /** The running statistics that training moves. */
  readonly #moved = new Set<Value>()

  /**
   * @param graph with one output
   * @param known what `measureShapes` says of the graph
   */
  constructor(graph: ModelGraph, known: KnownValues, options: ImportedNetworkOptions = {}) {
    const { trainable = 'all', batchNormalization = 'running' } = options
    const { parameters, inputs, outputs, freeAxes } = toValues(graph, known)
    const output = Object.values(outputs)[0]!
    const weights = new Map([...parameters].filter(([, { role }]) => role === 'weight'))
    const trained = trainedNames(weights, trainable, output)
    this.parameters = parameters
    this.inputs = Object.fromEntries(inputs)
    this.freeAxes = freeAxes
    this.#graph = graph
    this.#known.set(this.#sizesOf(this.inputs), known)
    this.#trained = new Set([...trained].map((name) => parameters.get(name)!))
    if (batchNormalization === 'batch')
      for (const node of reachable([output]).nodes)
        if (node.op === 'BatchNormalization') this.#normalizeByBatch(node.inputs)
  }

  /** Lets training move a layer's statistics, if its scale or shift is trained. */
  #normalizeByBatch([, scale, shift, mean, variance]: Node['inputs']): void {
    const trained = this.#trained as ReadonlySet<Value | null | undefined>
    if (!trained.has(scale) && !trained.has(shift)) return
    for (const statistic of [mean, variance])
      if (statistic?.kind === 'parameter') this.#moved.add(statistic)
  }

  /** Makes the network ready for inputs of other sizes too. */
  async measure(inputs: InputShapes): Promise<void> {
    const known = await measureFor(this.#graph, inputs)
    this.#known.set(this.#sizesOf(Object.fromEntries(known)), known)
  }

  /**
   * @param x what stands for the file's only input, or for each of its inputs by name
   * @throws InvalidInput when an input is missing; Shape when its size was not measured
   */
  apply(x: Value | Readonly<Record<string, Value>>, mode: Mode): Value {
    const inputs = this.#named(x)
    const sizes = this.#sizesOf(inputs)
    const known = this.#known.get(sizes)
    if (known === undefined)
      throw shapeError(
        `imported network: it is ready for ${[...this.#known.keys()].join(' or ')}, not for ${sizes}; call measure for that first`,
      )
    const replace = (node: NodeOptions): readonly Value[] | undefined => {
      const [mean, variance] = node.inputs.slice(3, 5)
      const byBatch = this.#moved.has(mean!) && this.#moved.has(variance!)
      return mode.kind === 'training' && node.op === 'BatchNormalization' && byBatch
        ? [normalizeByBatch(batchNormalizationOf(node), mode)]
        : undefined
    }
    const options = { inputs, parameters: this.parameters, replace }
    return Object.values(toValues(this.#graph, known, options).outputs)[0]!
  }

  /** What is trained, and the statistics that training moves. */
  learned(): ReadonlyMap<string, Parameter> {
    return new Map(
      [...this.parameters].filter(([, one]) => this.#trained.has(one) || this.#moved.has(one)),
    )
  }

  #named(x: Value | Readonly<Record<string, Value>>): Readonly<Record<string, Value>> {
    const names = this.#graph.inputs.map(({ name }) => name)
    const given = isValue(x) ? { [names[0] ?? '']: x } : x
    const missing = names.find((name) => given[name] === undefined)
    if (missing === undefined) return given
    const all = names.map((name) => `"${name}"`).join(', ')
    throw invalidInput(
      `imported network: its input "${missing}" is not given; it takes ${all}, give a Value for each by name`,
    )
  }

  #sizesOf(inputs: Readonly<Record<string, { readonly shape: readonly number[] }>>): string {
    return this.#graph.inputs
      .map(({ name }) => `${name} ${formatShape(inputs[name]!.shape)}`)
      .join(', ')
  }
}

const isValue = (x: Value | Readonly<Record<string, Value>>): x is Value =>
  typeof x.kind === 'string'

function batchNormalizationOf({ inputs, attributes = {} }: NodeOptions) {
  const [x, scale, shift, mean, variance] = inputs as [Value, Value, Value, Parameter, Parameter]
  const epsilon = floatOf(attributes, 'epsilon', 1e-5)
  // ONNX counts what stays, PyTorch and we what comes in
  const momentum = 1 - floatOf(attributes, 'momentum', 0.9)
  return { x, scale, shift, mean, variance, epsilon, momentum }
}

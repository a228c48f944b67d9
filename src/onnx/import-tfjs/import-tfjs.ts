import { readFile, stat } from 'node:fs/promises'
import { dirname } from 'node:path'
import {
  AppError,
  invalidInput,
  messageOf,
  notFound,
  shapeError,
  unsupportedOp,
  whichName,
} from '../../core/index.ts'
import { formatShape, sizeOf, type Tensor } from '../../tensor/index.ts'
import { constant, type Input, input, type Value } from '../value.ts'
import { dtypeAttribute, shapeAttribute } from './attributes.ts'
import { converters } from './converters.ts'
import { type Layouts, layoutsOf, picture, plain, type Traced } from './layout.ts'
import { nodeOf, outputOf, parseModelJson, type TfNode } from './model-json.ts'
import { dataInputs, orderNodes } from './order-nodes.ts'
import { readWeights } from './read-weights.ts'

/** A graph of TensorFlow.js as Values. */
export interface ImportedGraph {
  /** By the names of the file; pictures are [N, C, H, W]. */
  readonly inputs: ReadonlyMap<string, Input>
  /** By the names of the file, with shapes as TensorFlow.js has them. */
  readonly outputs: Readonly<Record<string, Value>>
}

/** What {@link importTfjs} takes. */
export interface ImportOptions {
  /** Names of outputs or of any nodes: only what these need is read. Default: the outputs of the file. */
  readonly outputs?: readonly string[]
  /** The size of a first axis that the file leaves open; default 1. */
  readonly batch?: number
}

const jsonLimitBytes = 2 ** 26
/** The most elements that any tensor of a graph may have. */
const mostElements = 2 ** 27

/**
 * Reads a graph model of TensorFlow.js: a `model.json` and the files of weights that it names beside it.
 *
 * Pictures are [N, C, H, W] from the input on, and stay so until an operator needs them otherwise. All weights
 * are float32, also those that are stored quantised.
 *
 * @param path of the `model.json`
 * @throws NotFound when a file is missing; InvalidInput when one is damaged, or names files outside its
 *   folder; Shape when what its graph computes does not fit or is too large; UnsupportedOp, naming the
 *   node, for operators and dtypes that are not read
 */
export async function importTfjs(
  path: string,
  options: ImportOptions = {},
): Promise<ImportedGraph> {
  const { nodes, groups, outputs: named } = parseModelJson(await jsonOf(path), path)
  const weights = readWeights(groups, { folder: dirname(path), place: path })
  const given = named.size > 0 ? named : new Map(lastNodes(nodes).map((name) => [name, name]))
  const names = new Set(nodes.map(({ name }) => name))
  const wanted = (options.outputs ?? [...given.keys()]).map((output) => {
    const name = given.get(output) ?? output
    if (names.has(name)) return { output, name }
    throw invalidInput(
      `${path}: has no output "${output}", ${whichName(output, [...given.keys()])}; the name of any node will do`,
    )
  })
  const graph: Graph = {
    layouts: layoutsOf(),
    weights,
    batch: options.batch ?? 1,
    inputs: new Map(),
    traced: new Map(),
  }
  const needed = wanted.map(({ name }) => name)
  for (const node of orderNodes(nodes, needed, path))
    graph.traced.set(node.name, traceNode(node, graph, path))
  const outputs = Object.fromEntries(
    wanted.map(({ output, name }) => [output, graph.layouts.asPlain(graph.traced.get(name)![0]!)]),
  )
  return { inputs: graph.inputs, outputs }
}

interface Graph {
  readonly layouts: Layouts
  readonly weights: ReadonlyMap<string, Tensor>
  readonly batch: number
  readonly inputs: Map<string, Input>
  /** The outputs of each node. */
  readonly traced: Map<string, readonly Traced[]>
}

/** What a node gives, with its name in every complaint. */
function traceNode(node: TfNode, graph: Graph, path: string): readonly Traced[] {
  const place = `${path}: ${node.op} "${node.name}"`
  try {
    const traced = valuesOf(node, graph)
    for (const { value } of traced)
      if (sizeOf(value.shape) > mostElements)
        throw shapeError(
          `its output would be ${formatShape(value.shape)}, at most ${mostElements} elements are computed`,
        )
    return traced
  } catch (error) {
    if (!(error instanceof AppError)) throw error
    throw new AppError(error.code, `${place}: ${error.message}`, { cause: error })
  }
}

function valuesOf(node: TfNode, graph: Graph): readonly Traced[] {
  if (node.op === 'Const') return [plain(weightOf(node, graph))]
  if (node.op === 'Placeholder') return [placeholder(node, graph)]
  const convert = converters.get(node.op)
  if (convert === undefined)
    throw unsupportedOp(
      `is not read here; read are ${[...converters.keys()].join(', ')}; cut the network before it (outputs)`,
    )
  const inputs = dataInputs(node).map((reference) => {
    const found = graph.traced.get(nodeOf(reference))![outputOf(reference)]
    if (found === undefined) throw invalidInput(`takes "${reference}", which is not there`)
    return found
  })
  const result = convert({ node, inputs, layouts: graph.layouts })
  return Array.isArray(result) ? result : [result as Traced]
}

function weightOf({ name }: TfNode, { weights }: Graph): Value {
  const found = weights.get(name)
  if (found === undefined) throw invalidInput('has no entry in the manifest of weights')
  return constant(found)
}

function placeholder({ name, attr }: TfNode, { inputs, batch }: Graph): Traced {
  const given = shapeAttribute(attr, 'shape')
  const shape = given?.map((size, axis) => (axis === 0 && size === -1 ? batch : size))
  if (shape === undefined || shape.some((size) => size < 1))
    throw unsupportedOp(
      `its shape is ${given === undefined ? 'unknown' : formatShape(given)}; only the first axis may have any size`,
    )
  const dtype = dtypeAttribute(attr, 'dtype')
  const isPicture = shape.length === 4
  const order = isPicture ? [0, 3, 1, 2] : shape.map((_, axis) => axis)
  const fed = input(
    name,
    order.map((axis) => shape[axis]!),
    dtype,
  )
  inputs.set(name, fed)
  return isPicture ? picture(fed) : plain(fed)
}

/** The nodes that no other takes. */
function lastNodes(nodes: readonly TfNode[]): string[] {
  const taken = new Set(nodes.flatMap(dataInputs).map(nodeOf))
  return nodes.filter(({ name }) => !taken.has(name)).map(({ name }) => name)
}

async function jsonOf(path: string): Promise<string> {
  const found = await stat(path).catch((cause: unknown) => {
    throw notFound(`${path}: cannot be read (${messageOf(cause)}); give the path of a model.json`, {
      cause,
    })
  })
  if (!found.isFile()) throw invalidInput(`${path}: is not a file; give the path of a model.json`)
  if (found.size > jsonLimitBytes)
    throw invalidInput(
      `${path}: has ${found.size} bytes, at most ${jsonLimitBytes} are read; wanted a model.json`,
    )
  return readFile(path, 'utf8')
}

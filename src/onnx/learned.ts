import type { Tensor } from '../tensor/index.ts'
import type { GraphNode, ModelGraph } from './model-graph.ts'
import { fixedByShapes } from './shape-arithmetic.ts'
import { operatorName, type Parameter } from './value.ts'

/** Which inputs of an operator, by its name with its domain, are learned wherever it stands. */
const learnedInputs: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Gemm: [0, 1, 2],
  MatMul: [0, 1],
  BatchNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  LayerNormalization: [1, 2],
  GroupNormalization: [1, 2],
  RMSNormalization: [1],
  PRelu: [1],
  // the table of an embedding
  Gather: [0],
  LSTM: [1, 2, 3],
  GRU: [1, 2, 3],
  RNN: [1, 2, 3],
  'com.microsoft.FusedMatMul': [0, 1],
}
/** Operators with which exporters write out biases, scales, position tables and class tokens. */
const mixing: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div', 'Sum', 'Concat'])
/** Operators that only move or repeat what they are given first, or resample it (position tables). */
const moving: ReadonlySet<string> = new Set([
  'Identity',
  'Cast',
  'Transpose',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Flatten',
  'Expand',
  'Tile',
  'Slice',
  'Split',
  'Gather',
  'Concat',
  'Pad',
  'Resize',
])

/** The float initializers that something is made of, and whether they were only moved for it. */
interface Source {
  readonly names: readonly string[]
  readonly moved: boolean
}
const nothing: Source = { names: [], moved: true }

/**
 * Which float initializers are learned, judged by their use. Those that something is made of count
 * as it does: a kernel that is transposed first, a position table that is resized.
 *
 * - weight: what a convolution, matrix product, normalisation, embedding or recurrent layer takes
 *   as its weights; and what is added to, multiplied with or joined to something that already
 *   depends on a weight (a bias, a scale, a class token), unless it is a single number or a mask. So
 *   the mean and deviation by which pictures are normalised in front of the first weight are not
 *   learned.
 * - statistic: running mean and variance of a BatchNormalization.
 */
export function learnedInitializers(graph: ModelGraph): Map<string, Parameter['role']> {
  const { nodes, initializers } = graph
  const roles = new Map<string, Parameter['role']>()
  const fixed = fixedByShapes(graph, new Set())
  const sources = new Map<string, Source>()
  const dependent = new Set<string>()
  for (const [name, { dtype }] of initializers)
    if (dtype.startsWith('float')) sources.set(name, { names: [name], moved: true })
  const sourceOf = (name = ''): Source => sources.get(name) ?? nothing

  const learn = ({ names, moved }: Source, role: Parameter['role']): void => {
    // learned in one place, learned in all
    for (const name of names)
      if (roles.get(name) !== 'weight' && (moved || couldBeLearned(initializers.get(name)!)))
        roles.set(name, role)
  }
  const visit = (node: GraphNode): void => {
    const { op, inputs } = node
    if (op === 'InstanceNormalization' && isPlain(inputs)) return
    for (const i of learnedInputs[operatorName(node)] ?? []) {
      const source = sourceOf(inputs[i])
      // a table that was computed is not learned: the waves of rotary positions
      if (source.moved || op !== 'Gather') learn(source, 'weight')
    }
    if (op === 'BatchNormalization')
      for (const name of inputs.slice(3, 5)) learn(sourceOf(name), 'statistic')
  }
  const visitMixing = ({ inputs }: GraphNode): void => {
    for (const { names, moved } of inputs.map((name) => sourceOf(name)))
      if (moved)
        learn(
          { names: names.filter((name) => couldBeLearned(initializers.get(name)!)), moved },
          'weight',
        )
  }
  for (const node of nodes) {
    const { op, domain, inputs, outputs } = node
    if (outputs.every((name) => name === '' || fixed.has(name))) {
      // what the others say (how far, where to) goes into nothing that is moved
      const used = moving.has(op) && op !== 'Concat' ? inputs.slice(0, 1) : inputs
      const given = used.map((name) => sourceOf(name)).filter(({ names }) => names.length > 0)
      const source = {
        // each once, or a chain of sums of a thing with itself would double them with every link
        names: [...new Set(given.flatMap(({ names }) => names))],
        moved: moving.has(op) && given.every(({ moved }) => moved),
      }
      for (const name of outputs) if (name !== '') sources.set(name, source)
      continue
    }
    visit(node)
    const depends = inputs.some((name) => dependent.has(name) || isWeight(sourceOf(name)))
    // what operators of other sets take is not known: all their stored floats count
    if (depends && (mixing.has(op) || domain !== '')) visitMixing(node)
    if (depends) for (const name of outputs) dependent.add(name)
  }
  return roles

  /** Scaled by ones and shifted by zeros, as exporters write what has neither. */
  function isPlain([, scale = '', shift = '']: readonly string[]): boolean {
    const all = (name: string, x: number): boolean =>
      initializers.get(name)?.data.every((each: number | bigint) => each === x) === true
    return all(scale, 1) && all(shift, 0)
  }

  function isWeight({ names }: Source): boolean {
    return names.some((name) => roles.get(name) === 'weight')
  }
}

/** Whether it is more than one number, and no mask: zeros where something counts, far below elsewhere. */
function couldBeLearned({ data }: Tensor): boolean {
  if (data.length < 2) return false
  const numbers = data as Float32Array
  return !numbers.every((x) => x === 0 || x <= -100) || numbers.every((x) => x === 0)
}

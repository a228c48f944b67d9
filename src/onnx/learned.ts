import type { Tensor } from '../tensor/index.ts'
import type { GraphNode, ModelGraph } from './model-graph.ts'
import type { Parameter } from './value.ts'

/** Which inputs of an operator are learned, wherever it stands. */
const learnedInputs: Readonly<Record<string, readonly number[]>> = {
  Conv: [1, 2],
  ConvTranspose: [1, 2],
  Gemm: [0, 1, 2],
  MatMul: [0, 1],
  BatchNormalization: [1, 2],
  InstanceNormalization: [1, 2],
  LayerNormalization: [1, 2],
  GroupNormalization: [1, 2],
  PRelu: [1],
  // the table of an embedding
  Gather: [0],
  LSTM: [1, 2, 3],
  GRU: [1, 2, 3],
  RNN: [1, 2, 3],
}
/** Operators with which exporters write out biases, scales and position tables. */
const mixing: ReadonlySet<string> = new Set(['Add', 'Sub', 'Mul', 'Div'])
/** Operators that pass an initializer on unchanged, or only its elements moved. */
const passing: ReadonlySet<string> = new Set([
  'Identity',
  'Transpose',
  'Reshape',
  'Squeeze',
  'Unsqueeze',
  'Flatten',
])

/**
 * Which float initializers are learned, judged by their use.
 *
 * - weight: what a convolution, matrix product, normalisation, embedding or recurrent layer takes
 *   as its weights; and what is added to or multiplied with something that already depends on a
 *   weight (a bias, a scale), unless it is a single number. So the mean and deviation by which
 *   pictures are normalised in front of the first weight are not learned.
 * - statistic: running mean and variance of a BatchNormalization.
 */
export function learnedInitializers({
  nodes,
  initializers,
}: ModelGraph): Map<string, Parameter['role']> {
  const roles = new Map<string, Parameter['role']>()
  /** Where a name that an initializer is passed on under comes from. */
  const sources = new Map<string, string>()
  const dependent = new Set<string>()
  const sourceOf = (name: string): string => sources.get(name) ?? name
  const storedFloat = (name: string): Tensor | undefined => {
    const stored = initializers.get(sourceOf(name))
    return stored?.dtype.startsWith('float') === true ? stored : undefined
  }
  const learn = (name: string, role: Parameter['role']): void => {
    if (storedFloat(name) === undefined) return
    const source = sourceOf(name)
    // learned in one place, learned in all
    if (roles.get(source) !== 'weight') roles.set(source, role)
  }
  const depends = (name: string): boolean =>
    dependent.has(name) || roles.get(sourceOf(name)) === 'weight'

  const visit = ({ op, domain, inputs, outputs }: GraphNode): void => {
    if (domain === '') {
      for (const i of learnedInputs[op] ?? [])
        if (inputs[i] !== undefined) learn(inputs[i], 'weight')
      if (op === 'BatchNormalization')
        for (const name of inputs.slice(3, 5)) learn(name, 'statistic')
      if (mixing.has(op) && inputs.some(depends))
        for (const name of inputs)
          if ((storedFloat(name)?.data.length ?? 0) > 1) learn(name, 'weight')
      const [first = ''] = inputs
      if (passing.has(op) && storedFloat(first) !== undefined && outputs[0] !== undefined)
        sources.set(outputs[0], sourceOf(first))
    }
    if (inputs.some(depends)) for (const name of outputs) dependent.add(name)
  }
  for (const node of nodes) visit(node)
  return roles
}

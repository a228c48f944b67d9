import { invalidInput } from '../core/index.ts'
import { type Parameter, reachable, type Value } from '../onnx/index.ts'

/**
 * Which weights of an imported network are trained: all, none, those whose names fit an expression or
 * a function, or those of the last layers.
 *
 * A layer is a convolution, matrix product, embedding or recurrent layer with weights; what comes after
 * the first of the last layers (biases, scales) is trained with them.
 */
export type Trainable =
  | 'all'
  | 'none'
  | RegExp
  | ((name: string) => boolean)
  | { readonly lastLayers: number }

/** Operators whose weights make a layer. */
const layers: ReadonlySet<string> = new Set([
  'Conv',
  'ConvTranspose',
  'Gemm',
  'MatMul',
  'Gather',
  'LSTM',
  'GRU',
  'RNN',
])

/**
 * The names of the weights that are trained.
 * @param output what the weights are used for
 * @throws InvalidInput when no weight fits, or there are not as many layers
 */
export function trainedNames(
  weights: ReadonlyMap<string, Parameter>,
  trainable: Trainable,
  output: Value,
): ReadonlySet<string> {
  const names = [...weights.keys()]
  if (trainable === 'all') return new Set(names)
  if (trainable === 'none') return new Set()
  if (!(trainable instanceof RegExp) && typeof trainable === 'object') {
    const last = inLastLayers(output, trainable.lastLayers)
    return new Set(names.filter((name) => last.has(weights.get(name)!)))
  }
  const fits =
    trainable instanceof RegExp ? (name: string) => name.search(trainable) >= 0 : trainable
  const fitting = names.filter((name) => fits(name))
  if (fitting.length > 0) return new Set(fitting)
  throw invalidInput(
    `trainable: ${trainable instanceof RegExp ? trainable : 'the function'} fits none of the weights ${names.join(', ')}; say 'none' where nothing is to be trained`,
  )
}

/** The parameters that are used from the n-th last layer on. */
function inLastLayers(output: Value, count: number): ReadonlySet<Parameter> {
  const { nodes } = reachable([output])
  /** What Values are made of that no input reaches: a kernel, and the kernel transposed. */
  const stored = new Map<Value, readonly Parameter[]>()
  const madeOf = (value: Value): readonly Parameter[] | undefined => {
    if (value.kind === 'parameter') return [value]
    return value.kind === 'constant' ? [] : stored.get(value)
  }
  const used: { readonly isLayer: boolean; readonly parameters: readonly Parameter[] }[] = []
  for (const { op, inputs, outputs } of nodes) {
    const given = inputs.flatMap((value) => (value === null ? [] : [value]))
    const parameters = given.flatMap((value) => madeOf(value) ?? [])
    if (given.every((value) => madeOf(value) !== undefined))
      for (const each of outputs) stored.set(each, parameters)
    else if (parameters.length > 0) used.push({ isLayer: layers.has(op), parameters })
  }
  const places = used.flatMap(({ isLayer }, i) => (isLayer ? [i] : []))
  if (!Number.isInteger(count) || count < 1 || count > places.length)
    throw invalidInput(
      `trainable: the last ${count} layers are wanted, the network has ${places.length}; name a number from 1 to ${places.length}`,
    )
  return new Set(used.slice(places.at(-count)).flatMap(({ parameters }) => parameters))
}

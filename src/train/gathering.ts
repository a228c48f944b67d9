import {
  add,
  type Input,
  input,
  mul,
  type Parameter,
  parameter,
  reachable,
  type StateUpdate,
  substitute,
  type Value,
} from '../onnx/index.ts'
import type { ParameterAverage } from '../optim/index.ts'
import { zeros } from '../tensor/index.ts'
import type { LearnedWeight } from './learned-weights.ts'

/** The forward and backward pass of one of several batches that make a step. */
export interface Gathering {
  readonly outputs: Readonly<Record<string, Value>>
  /** Running statistics, and the sums of gradients. */
  readonly updates: readonly StateUpdate[]
  /** Inputs of this graph that stand for what it only reads and the one after changes: weights and averages. */
  readonly reads: ReadonlyMap<Input, Parameter>
  /** Inputs of the graph that comes after, for the sums that this one leaves, in the order of the weights. */
  readonly gradients: ReadonlyMap<Input, Parameter>
  /** How many batches make a step. */
  readonly batches: number
}

/** Name of the input that is 0 for the first batch of a step, 1 for the others. */
export const keepInput = 'keep:'

/**
 * Adds gradients up over batches, s ← keep · s + g. The weights and their averages, which belong to the
 * graph that comes after, become inputs here.
 */
export function gathering(batch: {
  readonly outputs: Readonly<Record<string, Value>>
  readonly updates: readonly StateUpdate[]
  readonly slopes: readonly Value[]
  readonly weights: readonly LearnedWeight[]
  readonly accumulate: number
  readonly average?: ParameterAverage | undefined
}): Gathering {
  const { weights, slopes, accumulate, average } = batch
  const keep = input(keepInput, [])
  const changed = new Map<Parameter, string>()
  for (const { name, parameter: weight } of weights) {
    changed.set(weight, `weight:${name}`)
    if (average !== undefined) changed.set(average.of(weight), `average:${name}`)
  }
  const gradients = new Map<Input, Parameter>()
  const sums: StateUpdate[] = weights.map(({ name, parameter: weight }, i) => {
    const state = parameter(zeros(weight.shape), 'statistic')
    gradients.set(input(`gradient:${name}`, weight.shape), state)
    return { state, next: add(mul(state, keep), slopes[i]!) }
  })
  const updates = [...batch.updates, ...sums]
  const names = Object.keys(batch.outputs)
  const values = [...Object.values(batch.outputs), ...updates.map(({ next }) => next)]
  const { leaves } = reachable(values)
  const read = leaves.flatMap((leaf) =>
    leaf.kind === 'parameter' && changed.has(leaf) ? [leaf] : [],
  )
  const reads = new Map(read.map((leaf) => [input(changed.get(leaf)!, leaf.shape), leaf]))
  const replaced = substitute(values, new Map([...reads].map(([standIn, leaf]) => [leaf, standIn])))
  return {
    outputs: Object.fromEntries(names.map((name, i) => [name, replaced[i]!])),
    updates: updates.map(({ state }, i) => ({ state, next: replaced[names.length + i]! })),
    reads,
    gradients,
    batches: accumulate,
  }
}

import {
  add,
  type Input,
  input,
  mul,
  type Parameter,
  parameter,
  type StateUpdate,
  substitute,
  type Value,
} from '../onnx/index.ts'
import { zeros } from '../tensor/index.ts'
import type { LearnedWeight } from './learned-weights.ts'

/** The forward and backward pass of one of several batches that make a step. */
export interface Gathering {
  readonly outputs: Readonly<Record<string, Value>>
  /** Running statistics, and the sums of gradients. */
  readonly updates: readonly StateUpdate[]
  /** Inputs of this graph that stand for the weights, which it only reads. */
  readonly weights: ReadonlyMap<Input, Parameter>
  /** Inputs of the graph that comes after, for the sums that this one leaves, in the order of the weights. */
  readonly gradients: ReadonlyMap<Input, Parameter>
  /** How many batches make a step. */
  readonly batches: number
}

/** Name of the input that is 0 for the first batch of a step, 1 for the others. */
export const keepInput = 'keep:'

/**
 * Adds gradients up over batches, s ← keep · s + g. The weights, which belong to the graph that comes
 * after, become inputs here.
 */
export function gathering(batch: {
  readonly outputs: Readonly<Record<string, Value>>
  readonly updates: readonly StateUpdate[]
  readonly slopes: readonly Value[]
  readonly weights: readonly LearnedWeight[]
  readonly accumulate: number
}): Gathering {
  const { weights, slopes, accumulate } = batch
  const keep = input(keepInput, [])
  const standIns = new Map<Value, Input>()
  const read = new Map<Input, Parameter>()
  const gradients = new Map<Input, Parameter>()
  const sums: StateUpdate[] = weights.map(({ name, parameter: weight }, i) => {
    const standIn = input(`weight:${name}`, weight.shape)
    standIns.set(weight, standIn)
    read.set(standIn, weight)
    const state = parameter(zeros(weight.shape), 'statistic')
    gradients.set(input(`gradient:${name}`, weight.shape), state)
    return { state, next: add(mul(state, keep), slopes[i]!) }
  })
  const updates = [...batch.updates, ...sums]
  const names = Object.keys(batch.outputs)
  const values = [...Object.values(batch.outputs), ...updates.map(({ next }) => next)]
  const replaced = substitute(values, standIns)
  return {
    outputs: Object.fromEntries(names.map((name, i) => [name, replaced[i]!])),
    updates: updates.map(({ state }, i) => ({ state, next: replaced[names.length + i]! })),
    weights: read,
    gradients,
    batches: accumulate,
  }
}

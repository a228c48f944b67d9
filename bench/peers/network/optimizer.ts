import type { Operators } from './layers.ts'
import type { TrainingSetup } from './serve.ts'

/** A weight and what the optimizer keeps beside it. */
export interface Trained<T> {
  readonly weight: T
  readonly state: readonly T[]
}

/** An optimizer as one formula for every weight, as PyTorch's of the same name. */
export interface WeightUpdate<T> {
  /** Arrays of a weight's shape that it keeps beside each weight, zeros at first. */
  readonly states: number
  /** Numbers that change with the step, counted from 1. */
  rates(step: number): readonly number[]
  apply(
    now: Trained<T> & {
      readonly gradient: T
      readonly rates: readonly T[]
      /** Axes of the weight: biases and the like do not decay. */
      readonly axes: number
    },
  ): Trained<T>
}

/** SGD, or Adam with the weights' decay apart from the gradient. */
export function weightUpdateOf<T>(
  ops: Operators<T>,
  { name, options }: TrainingSetup['optimizer'],
): WeightUpdate<T> {
  const { add, sub, mul, div, sqrt, square } = ops
  const { lr: rate = 0, momentum = 0, weight_decay: decay = 0 } = options
  if (name === 'sgd')
    return {
      states: momentum === 0 ? 0 : 1,
      rates: () => [],
      apply({ weight, gradient, state: [before] }) {
        const change = before === undefined ? gradient : add(mul(before, momentum), gradient)
        const state = before === undefined ? [] : [change]
        return { weight: sub(weight, mul(change, rate)), state }
      },
    }
  const [beta1, beta2, epsilon] = [0.9, 0.999, 1e-8]
  return {
    states: 2,
    rates: (step) => [rate / (1 - beta1 ** step), 1 / Math.sqrt(1 - beta2 ** step)],
    apply({ weight, gradient, state: [m, v], rates: [size, unbias], axes }) {
      const mean = add(mul(m!, beta1), mul(gradient, 1 - beta1))
      const variance = add(mul(v!, beta2), mul(square(gradient), 1 - beta2))
      const change = div(mul(mean, size!), add(mul(sqrt(variance), unbias!), epsilon))
      const kept = axes > 1 && decay > 0 ? mul(weight, 1 - rate * decay) : weight
      return { weight: sub(kept, change), state: [mean, variance] }
    },
  }
}

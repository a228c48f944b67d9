import { assertBelowOne } from '../core/index.ts'
import {
  add,
  div,
  minimum,
  mul,
  type Parameter,
  parameter,
  type StateUpdate,
  scalar,
  sub,
  type Value,
} from '../onnx/index.ts'
import type { Tensor } from '../tensor/index.ts'
import { oncePerGraph } from './optimizer.ts'

/** How parameters are averaged over the steps of a training. */
export interface AverageOptions {
  /** How much of the average so far stays at each step, a number or a Value []; 0.999 is usual. */
  readonly decay: number | Value
  /** Begin with a short memory: the decay is (1 + t) / (10 + t) while that is smaller. */
  readonly warmUp?: boolean
}

/** Averages of parameters, as part of the graph. */
export interface ParameterAverage {
  /** A parameter's average, as a state: begins as the parameter's value now, stays the same in all graphs. */
  of(parameter: Parameter): Parameter
  /**
   * The next value of a parameter's average.
   * @param next what the parameter becomes
   * @param step [] float32, 1 at the first step
   */
  update(place: {
    readonly state: Parameter
    readonly next: Value
    readonly step: Value
  }): StateUpdate
}

/**
 * Exponential moving average of parameters, e ← d e + (1 − d) θ.
 * @throws InvalidInput when the decay is a number outside [0, 1)
 * @see Polyak and Juditsky 1992
 */
export function exponentialAverage({ decay, warmUp = false }: AverageOptions): ParameterAverage {
  if (typeof decay === 'number') assertBelowOne('average: decay', decay, 0.999)
  const averages = new WeakMap<Parameter, Parameter>()
  const averageOf = (of: Parameter): Parameter => {
    const known = averages.get(of) ?? parameter(copyOf(of), 'statistic')
    averages.set(of, known)
    return known
  }
  const own = typeof decay === 'number' ? scalar(decay) : decay
  const shares = oncePerGraph((step: Value) => {
    const kept = warmUp ? minimum(div(add(step, 1), add(step, 10)), own) : own
    return { kept, added: sub(1, kept) }
  })
  return {
    of: averageOf,
    update({ state, next, step }) {
      const average = averageOf(state)
      const { kept, added } = shares(step)
      return { state: average, next: add(mul(average, kept), mul(next, added)) }
    },
  }
}

function copyOf({ dtype, shape, data }: Parameter): Tensor {
  return { dtype, shape, data: data.slice() as Float32Array }
}

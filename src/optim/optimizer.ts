import { type Parameter, parameter, type StateUpdate, type Value } from '../onnx/index.ts'
import { zeros } from '../tensor/index.ts'

/** One parameter on its way through a step. */
export interface ParameterStep {
  readonly parameter: Parameter
  readonly gradient: Value
  /** [] */
  readonly learningRate: Value
  /** [] float32, 1 at the first step. */
  readonly step: Value
  /** Whether weight decay applies; default: {@link decays}. */
  readonly decays?: boolean
}

/**
 * Turns gradients into new parameters, as part of the graph.
 *
 * What follows from learning rate and step alone is computed once for all parameters, and each state
 * is read by one elementwise operation, so that it can be written over.
 */
export interface Optimizer {
  readonly name: string
  /**
   * The parameter's next value and those of the optimizer's own states for it, which stay the same
   * when another graph over the same parameter is built.
   */
  update(place: ParameterStep): StateUpdate[]
}

/**
 * Whether weight decay applies where nothing else is said: to matrices and kernels, not to biases and
 * scales, which have one axis.
 */
export function decays({ shape }: Parameter): boolean {
  return shape.length > 1
}

/** The states of an optimizer for each parameter: zeros of its shape, made when first asked for. */
export function statesOf(count: number): (of: Parameter) => readonly Parameter[] {
  const made = new WeakMap<Parameter, readonly Parameter[]>()
  return (of) => {
    const known = made.get(of)
    if (known !== undefined) return known
    const states = Array.from({ length: count }, () => parameter(zeros(of.shape), 'statistic'))
    made.set(of, states)
    return states
  }
}

/** What follows from learning rate, step or the like alone, made once for all parameters of a graph. */
export function oncePerGraph<Shared extends readonly [Value, ...Value[]], T>(
  make: (...shared: Shared) => T,
): (...shared: Shared) => T {
  const made = new WeakMap<Value, { readonly shared: Shared; readonly result: T }>()
  return (...shared) => {
    const known = made.get(shared[0])
    if (known?.shared.every((value, i) => value === shared[i]) === true) return known.result
    const result = make(...shared)
    made.set(shared[0], { shared, result })
    return result
  }
}

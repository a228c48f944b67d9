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
}

/** Turns gradients into new parameters, as part of the graph. */
export interface Optimizer {
  readonly name: string
  /**
   * The parameter's next value and those of the optimizer's own states for it, which stay the same
   * when another graph over the same parameter is built.
   */
  update(place: ParameterStep): StateUpdate[]
}

/**
 * Whether weight decay applies: to matrices and kernels, not to biases and scales, which have one
 * axis.
 */
export function decays({ shape }: Parameter): boolean {
  return shape.length > 1
}

/** A state of an optimizer, zeros of a parameter's shape. */
export function stateLike({ shape }: Parameter): Parameter {
  return parameter(zeros(shape), 'statistic')
}

import { assertBelowOne, assertNotNegative, assertPositive } from '../core/index.ts'
import { add, div, equal, mul, sub, type Value, where } from '../onnx/index.ts'
import { norm } from './norm.ts'
import { decays, type Optimizer, statesOf } from './optimizer.ts'

/** Settings of {@link lars}. */
export interface LarsOptions {
  readonly momentum?: number
  /** L2 penalty, added to the gradient. */
  readonly weightDecay?: number
  /** How far a step may move a parameter, as a share of its norm. */
  readonly trust?: number
}

/**
 * LARS, descent for large batches, whose step for each parameter is in proportion to its norm:
 *
 *   λ = η' ‖θ‖ / (‖g‖ + w ‖θ‖);  v ← μ v + η λ (g + w θ);  θ ← θ − v
 *
 * λ is 1 where a norm is 0, and for parameters without weight decay (biases and scales).
 * @throws InvalidInput when a setting is out of its range
 * @see You, Gitman and Ginsburg 2017, algorithm 1
 */
export function lars(options: LarsOptions = {}): Optimizer {
  const { momentum = 0.9, weightDecay = 1e-4, trust = 1e-3 } = options
  assertBelowOne('lars: momentum', momentum, 0.9)
  assertNotNegative('lars: weight decay', weightDecay, 1e-4)
  assertPositive('lars: trust', trust, 1e-3)
  const velocities = statesOf(1)
  const ratio = (parameter: Value, gradient: Value): Value => {
    const [size, slope] = [norm(parameter), norm(gradient)]
    const adapted = div(mul(size, trust), add(slope, mul(size, weightDecay)))
    return where(equal(mul(size, slope), 0), 1, adapted)
  }
  return {
    name: 'lars',
    update({ parameter, gradient, learningRate, ...place }) {
      const adapts = place.decays ?? decays(parameter)
      const g = adapts && weightDecay > 0 ? add(gradient, mul(parameter, weightDecay)) : gradient
      const rate = adapts ? mul(learningRate, ratio(parameter, gradient)) : learningRate
      const [velocity] = velocities(parameter)
      const v = add(mul(velocity!, momentum), mul(g, rate))
      return [
        { state: parameter, next: sub(parameter, v) },
        { state: velocity!, next: v },
      ]
    },
  }
}

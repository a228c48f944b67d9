import { add, mul, type Parameter, sub } from '../onnx/index.ts'
import { decays, type Optimizer, stateLike } from './optimizer.ts'

/** Settings of {@link sgd}. */
export interface SgdOptions {
  readonly momentum?: number
  readonly nesterov?: boolean
  /** L2 penalty, added to the gradient. */
  readonly weightDecay?: number
}

/**
 * Stochastic gradient descent, PyTorch's form:
 *
 *   g ← g + w θ;  v ← μ v + g;  θ ← θ − η (nesterov ? g + μ v : v)
 */
export function sgd({
  momentum = 0,
  nesterov = false,
  weightDecay = 0,
}: SgdOptions = {}): Optimizer {
  const velocities = new WeakMap<Parameter, Parameter>()
  return {
    name: 'sgd',
    update({ parameter, gradient, learningRate }) {
      const g =
        weightDecay > 0 && decays(parameter) ? add(gradient, mul(parameter, weightDecay)) : gradient
      if (momentum === 0) return [{ state: parameter, next: sub(parameter, mul(learningRate, g)) }]
      const velocity = velocities.get(parameter) ?? stateLike(parameter)
      velocities.set(parameter, velocity)
      const v = add(mul(velocity, momentum), g)
      const direction = nesterov ? add(g, mul(v, momentum)) : v
      return [
        { state: parameter, next: sub(parameter, mul(learningRate, direction)) },
        { state: velocity, next: v },
      ]
    },
  }
}

import { additionsOf } from '../autodiff/index.ts'
import { assertBelowOne, assertNotNegative } from '../core/index.ts'
import { add, mul, neg, scatterElements, sub } from '../onnx/index.ts'
import { decays, type Optimizer, statesOf } from './optimizer.ts'

/** Settings of {@link sgd}. */
export interface SgdOptions {
  readonly momentum?: number
  readonly nesterov?: boolean
  /** L2 penalty, added to the gradient. */
  readonly weightDecay?: number
}

/**
 * Stochastic gradient descent, PyTorch's form without dampening:
 *
 *   g ← g + w θ;  v ← μ v + g;  θ ← θ − η (nesterov ? g + μ v : v)
 *
 * The state is μ v, which both the next step and Nesterov's form take. Without momentum and penalty only
 * the rows of a table that were looked up are computed, about twice as fast for large tables. (With
 * either of them, after clipping, and by every other optimizer all rows move in every step.)
 * @throws InvalidInput when a setting is out of its range
 */
export function sgd(options: SgdOptions = {}): Optimizer {
  const { momentum = 0, nesterov = false, weightDecay = 0 } = options
  assertBelowOne('sgd: momentum', momentum, 0.9)
  assertNotNegative('sgd: weight decay', weightDecay, 1e-4)
  const velocities = statesOf(1)
  return {
    name: 'sgd',
    update({ parameter, gradient, learningRate, ...place }) {
      const penalised = weightDecay > 0 && (place.decays ?? decays(parameter))
      const g = penalised ? add(gradient, mul(parameter, weightDecay)) : gradient
      const rows = momentum === 0 ? additionsOf(g) : undefined
      if (rows !== undefined) {
        const { indices, updates, axis } = rows
        const steps = mul(updates, neg(learningRate))
        const next = scatterElements(parameter, [indices, steps], { axis, reduction: 'add' })
        return [{ state: parameter, next }]
      }
      if (momentum === 0) return [{ state: parameter, next: sub(parameter, mul(g, learningRate)) }]
      const [velocity] = velocities(parameter)
      const v = add(velocity!, g)
      const next = mul(v, momentum)
      const direction = nesterov ? add(g, next) : v
      return [
        { state: parameter, next: sub(parameter, mul(direction, learningRate)) },
        { state: velocity!, next },
      ]
    },
  }
}

import { assertBelowOne, assertNotNegative, invalidInput } from '../core/index.ts'
import { add, mul, sign, sub, type Value } from '../onnx/index.ts'
import { decays, type Optimizer, oncePerGraph, statesOf } from './optimizer.ts'

/** Settings of {@link lion}. */
export interface LionOptions {
  readonly beta1?: number
  readonly beta2?: number
  /** Decoupled weight decay: θ shrinks by η w θ each step. */
  readonly weightDecay?: number
}

/**
 * Lion, which goes by the sign of the momentum alone, with one state a parameter:
 *
 *   θ ← θ − η (sign(β₁ m + (1 − β₁) g) + w θ);  m ← β₂ m + (1 − β₂) g
 *
 * Its learning rate is usually 3 to 10 times smaller than Adam's, its weight decay as much larger.
 * The state is M = m / (1 − β₂), so that M ← β₂ M + g; the sign is that of k β₂ M + g with
 * k = β₁ (1 − β₂) / (β₂ (1 − β₁)).
 * @throws InvalidInput when a setting is out of its range
 * @see Chen et al. 2023, algorithm 2
 */
export function lion(options: LionOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.99, weightDecay = 0 } = options
  assertBelowOne('lion: beta1', beta1, 0.9)
  assertBelowOne('lion: beta2', beta2, 0.99)
  if (beta2 === 0) throw invalidInput('lion: beta2 is 0, it must be positive; 0.99 is usual')
  assertNotNegative('lion: weight decay', weightDecay, 0.1)
  const momenta = statesOf(1)
  const k = (beta1 * (1 - beta2)) / (beta2 * (1 - beta1))
  const kept = oncePerGraph((learningRate: Value) => sub(1, mul(learningRate, weightDecay)))
  return {
    name: 'lion',
    update({ parameter, gradient, learningRate, ...place }) {
      const [momentum] = momenta(parameter)
      const faded = mul(momentum!, beta2)
      const direction = sign(add(mul(faded, k), gradient))
      const shrinks = weightDecay > 0 && (place.decays ?? decays(parameter))
      const shrunk = shrinks ? mul(parameter, kept(learningRate)) : parameter
      return [
        { state: parameter, next: sub(shrunk, mul(direction, learningRate)) },
        { state: momentum!, next: add(faded, gradient) },
      ]
    },
  }
}

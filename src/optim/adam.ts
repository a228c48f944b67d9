import { assertBelowOne, assertNotNegative, assertPositive } from '../core/index.ts'
import { add, cast, div, mul, pow, sqrt, sub, type Value } from '../onnx/index.ts'
import { decays, type Optimizer, oncePerGraph, statesOf } from './optimizer.ts'

/** Settings of {@link adam}. */
export interface AdamOptions {
  readonly beta1?: number
  readonly beta2?: number
  readonly epsilon?: number
  /** Decoupled weight decay (AdamW): θ shrinks by η w θ each step. */
  readonly weightDecay?: number
  /** L2 penalty, added to the gradient: the weight decay of Adam before AdamW; by default none. */
  readonly penalty?: number
}

/**
 * Adam, with decoupled weight decay where asked for:
 *
 *   g ← g + λ θ, where there is a penalty λ
 *   m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²
 *   θ ← θ − η (m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε) + w θ)
 *
 * To pass over memory less often the states are M = m / (1 − β₁) and V = v / (1 − β₂), and all other
 * factors are part of three numbers that are the same for all parameters. With
 * s = √((1 − β₂) / (1 − β₂ᵗ)):
 *
 *   M ← β₁ M + g;  V ← β₂ V + g²;  θ ← (1 − η w) θ − η (1 − β₁) / ((1 − β₁ᵗ) s) · M / (√V + ε / s)
 *
 * @throws InvalidInput when a setting is out of its range
 * @see Kingma and Ba 2015; Loshchilov and Hutter 2019
 */
export function adam(options: AdamOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0, penalty = 0 } = options
  assertBelowOne('adam: beta1', beta1, 0.9)
  assertBelowOne('adam: beta2', beta2, 0.999)
  assertPositive('adam: epsilon', epsilon, 1e-8)
  assertNotNegative('adam: weight decay', weightDecay, 0.01)
  assertNotNegative('adam: penalty', penalty, 1e-5)
  const moments = statesOf(2)
  const numbers = oncePerGraph((learningRate: Value, step: Value) => {
    // in float64: 1 − β₂ᵗ loses digits
    const [rate, t] = [cast(learningRate, 'float64'), cast(step, 'float64')]
    const s = sqrt(div(1 - beta2, sub(1, pow(beta2, t))))
    const scale = div(1 - beta1, mul(sub(1, pow(beta1, t)), s))
    return {
      rate: cast(mul(rate, scale), 'float32'),
      epsilon: cast(div(epsilon, s), 'float32'),
      kept: cast(sub(1, mul(rate, weightDecay)), 'float32'),
    }
  })
  return {
    name: 'adam',
    update({ parameter, gradient, learningRate, step, ...place }) {
      const { rate, epsilon, kept } = numbers(learningRate, step)
      const [first, second] = moments(parameter)
      const decaying = place.decays ?? decays(parameter)
      const g = penalty > 0 && decaying ? add(gradient, mul(parameter, penalty)) : gradient
      const m = add(mul(first!, beta1), g)
      const v = add(mul(second!, beta2), mul(g, g))
      const shrunk = weightDecay > 0 && decaying ? mul(parameter, kept) : parameter
      return [
        { state: parameter, next: sub(shrunk, mul(div(m, add(sqrt(v), epsilon)), rate)) },
        { state: first!, next: m },
        { state: second!, next: v },
      ]
    },
  }
}

import { add, div, mul, type Parameter, pow, scalar, sqrt, sub } from '../onnx/index.ts'
import { decays, type Optimizer, stateLike } from './optimizer.ts'

/** Settings of {@link adam}. */
export interface AdamOptions {
  readonly beta1?: number
  readonly beta2?: number
  readonly epsilon?: number
  /** Decoupled weight decay (AdamW): θ shrinks by η w θ each step. */
  readonly weightDecay?: number
}

/**
 * Adam, with decoupled weight decay where asked for:
 *
 *   m ← β₁ m + (1 − β₁) g;  v ← β₂ v + (1 − β₂) g²
 *   θ ← θ − η (m / (1 − β₁ᵗ) / (√(v / (1 − β₂ᵗ)) + ε) + w θ)
 *
 * @see Kingma and Ba 2015; Loshchilov and Hutter 2019
 */
export function adam(options: AdamOptions = {}): Optimizer {
  const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weightDecay = 0 } = options
  const moments = new WeakMap<Parameter, readonly [Parameter, Parameter]>()
  return {
    name: 'adam',
    update({ parameter, gradient, learningRate, step }) {
      const [first, second] = moments.get(parameter) ?? [stateLike(parameter), stateLike(parameter)]
      moments.set(parameter, [first, second])
      const m = add(mul(first, beta1), mul(gradient, 1 - beta1))
      const v = add(mul(second, beta2), mul(mul(gradient, gradient), 1 - beta2))
      const mHat = div(m, sub(1, pow(scalar(beta1), step)))
      const vHat = div(v, sub(1, pow(scalar(beta2), step)))
      const direction = div(mHat, add(sqrt(vHat), epsilon))
      const moved = sub(parameter, mul(learningRate, direction))
      const next =
        weightDecay > 0 && decays(parameter)
          ? sub(moved, mul(mul(learningRate, weightDecay), parameter))
          : moved
      return [
        { state: parameter, next },
        { state: first, next: m },
        { state: second, next: v },
      ]
    },
  }
}

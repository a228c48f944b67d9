import { shapeError } from '../../core/index.ts'
import { formatShape, sameShape } from '../../tensor/index.ts'
import { float, text } from '../attribute.ts'
import { apply, type Value } from '../value.ts'
import { broadcastShape, lift, like } from './broadcast.ts'

/** max(0, x). */
export const relu = (x: Value): Value => apply('Relu', [x], x)

/** x where x > 0, slope · x elsewhere. */
export const leakyRelu = (x: Value, slope = 0.01): Value =>
  apply('LeakyRelu', [x], x, { alpha: float(slope) })

/**
 * x where x > 0, slope · x elsewhere, with slopes that are learned.
 * @param slope broadcast to x: [C, 1, 1] for one a channel of [N, C, H, W]
 * @throws Shape when the slopes do not broadcast to the shape of x
 * @see He et al. 2015
 */
export function pRelu(x: Value, slope: Value): Value {
  lift(x, slope)
  if (!sameShape(broadcastShape('PRelu', x.shape, slope.shape), x.shape))
    throw shapeError(
      `PRelu: slopes ${formatShape(slope.shape)} do not broadcast to ${formatShape(x.shape)}`,
    )
  return apply('PRelu', [x, slope], x)
}

/** x where x > alpha, 0 elsewhere. */
export const thresholdedRelu = (x: Value, alpha = 1): Value =>
  apply('ThresholdedRelu', [x], x, { alpha: float(alpha) })

/**
 * x where x > 0, alpha · (eˣ − 1) elsewhere.
 * @see Clevert et al. 2016
 */
export const elu = (x: Value, alpha = 1): Value => apply('Elu', [x], x, { alpha: float(alpha) })

/**
 * 1.0507 · (x where x > 0, 1.6733 · (eˣ − 1) elsewhere), which keeps mean 0 and variance 1.
 * @see Klambauer et al. 2017
 */
export const selu = (x: Value): Value => apply('Selu', [x], x)

/**
 * max(0, x) + min(0, alpha · (e^(x / alpha) − 1)), which has no kink.
 * @see Barron 2017
 */
export const celu = (x: Value, alpha = 1): Value => apply('Celu', [x], x, { alpha: float(alpha) })

/** ln(1 + eˣ). */
export const softplus = (x: Value): Value => apply('Softplus', [x], x)

/** x / (1 + |x|). */
export const softsign = (x: Value): Value => apply('Softsign', [x], x)

/**
 * x · tanh(ln(1 + eˣ)).
 * @see Misra 2019
 */
export const mish = (x: Value): Value => apply('Mish', [x], x)

/** x limited to [low, high]; Relu6 is clip(x, 0, 6). */
export const clip = (x: Value, low: number, high: number): Value =>
  apply('Clip', [x, like(low, x), like(high, x)], x)

/** 1 / (1 + e⁻ˣ). */
export const sigmoid = (x: Value): Value => apply('Sigmoid', [x], x)

/** max(0, min(1, alpha · x + beta)). */
export const hardSigmoid = (x: Value, alpha = 0.2, beta = 0.5): Value =>
  apply('HardSigmoid', [x], x, { alpha: float(alpha), beta: float(beta) })

/**
 * x · max(0, min(1, x / 6 + ½)).
 * @see Howard et al. 2019, section 5.2
 */
export const hardSwish = (x: Value): Value => apply('HardSwish', [x], x)

/** tanh x. */
export const tanh = (x: Value): Value => apply('Tanh', [x], x)

/**
 * x Φ(x), Φ the distribution function of the normal distribution: by erf, or approximately as
 * ½ x (1 + tanh(√(2/π) (x + 0.044715 x³))).
 * @see Hendrycks and Gimpel 2016
 */
export const gelu = (x: Value, approximate: 'none' | 'tanh' = 'none'): Value =>
  apply('Gelu', [x], x, { approximate: text(approximate) })

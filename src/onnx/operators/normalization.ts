import { float } from '../attribute.ts'
import { apply, type Value } from '../value.ts'

/** What {@link batchNormalization} normalises with, each [C]. */
export interface BatchStatistics {
  readonly scale: Value
  readonly shift: Value
  readonly mean: Value
  readonly variance: Value
  readonly epsilon?: number
}

/**
 * scale · (x − mean) / √(variance + ε) + shift for each channel, with statistics that are given
 * (ONNX's inference form). [N, C, ...] → [N, C, ...].
 */
export function batchNormalization(x: Value, statistics: BatchStatistics): Value {
  const { scale, shift, mean, variance, epsilon = 1e-5 } = statistics
  return apply('BatchNormalization', [x, scale, shift, mean, variance], x, {
    epsilon: float(epsilon),
  })
}

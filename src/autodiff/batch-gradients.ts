import { add, batchNormalization, expand, like, mul, pow, type Value } from '../onnx/index.ts'
import { sizeOf } from '../tensor/index.ts'
import { alongChannels, channelSums } from './channels.ts'

/** A batch about to be normalised by its own statistics: y = scale · (x − μ) · r + shift. */
export interface CentredBatch {
  /** x − μ [N, C, ...] */
  readonly centred: Value
  readonly scale: Value // [C]
  /** The mean square of the centred values. [C] */
  readonly variance: Value
  readonly epsilon: number
}

/**
 * The gradients by x, scale and shift, μ and σ² being those of x itself: with r = (σ² + ε)^−½ and m
 * values a channel
 *
 *   dx = scale · r · (dy − Σdy / m − x̂ · Σ(dy · x̂) / m) = a · dy + (b · (x − μ) + c)
 *
 * The bracket is one pass of onnxruntime's BatchNormalization kernel with b as scale and c as shift.
 * @see Ioffe and Szegedy 2015
 */
export function batchGradients(
  { centred, scale, variance, epsilon }: CentredBatch,
  dy: Value,
): [dx: Value, dScale: Value, dShift: Value] {
  const { shape } = scale
  const share = sizeOf(shape) / sizeOf(centred.shape)
  const r = pow(add(variance, epsilon), -0.5)
  const dShift = channelSums(dy)
  const dScale = mul(r, channelSums(mul(dy, centred)))
  const a = mul(scale, r)
  const bracket = batchNormalization(centred, {
    scale: mul(mul(mul(a, r), dScale), -share),
    shift: mul(mul(a, dShift), -share),
    mean: expand(like(0, scale), shape),
    variance: expand(like(1, scale), shape),
    epsilon: 0,
  })
  return [add(mul(dy, alongChannels(a, dy)), bracket), dScale, dShift]
}

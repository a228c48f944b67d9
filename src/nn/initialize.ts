import type { Rng } from '../core/index.ts'
import { type Shape, sizeOf, type Tensor, tensor } from '../tensor/index.ts'

/** First values of a weight [O, I, ...kernel], drawn. */
export type Initialize = (shape: Shape, rng: Rng) => Tensor<'float32'>

/** Which way a weight keeps the scale: `in` that of what passes forwards, `out` that of gradients. */
export type Fan = 'in' | 'out'

/**
 * Normal of variance 2 / fan, where fan is I (in) or O (out) times the kernel's area: what keeps the
 * scale through ReLUs.
 * @see He et al. 2015, section 2.2
 */
export const heNormal = (fan: Fan): Initialize => {
  return (shape, rng) => {
    const deviation = Math.sqrt(2 / fanOf(shape, fan))
    return filled(shape, () => deviation * rng.normal())
  }
}

/** Uniform in ±√(6 / fan), of the variance of {@link heNormal}. */
export const heUniform = (fan: Fan): Initialize => {
  return (shape, rng) => uniform(shape, Math.sqrt(6 / fanOf(shape, fan)), rng)
}

/**
 * Uniform in ±√(6 / (fan in + fan out)), between what both ways ask for without a ReLU.
 * @see Glorot and Bengio 2010, eq. 16
 */
export const glorotUniform: Initialize = (shape, rng) =>
  uniform(shape, Math.sqrt(6 / (fanOf(shape, 'in') + fanOf(shape, 'out'))), rng)

/** Uniform in ±1 / √(fan in). */
export const uniformByInputs: Initialize = (shape, rng) =>
  uniform(shape, 1 / Math.sqrt(fanOf(shape, 'in')), rng)

/** Normal with this standard deviation. */
export const normal = (deviation: number): Initialize => {
  return (shape, rng) => filled(shape, () => deviation * rng.normal())
}

/** Normal, what lies beyond two of these deviations drawn again (0.88 of the deviation is left). */
export const truncatedNormal = (deviation: number): Initialize => {
  return (shape, rng) =>
    filled(shape, () => {
      let x = rng.normal()
      while (Math.abs(x) > 2) x = rng.normal()
      return deviation * x
    })
}

/** The same number everywhere. */
export function full(shape: Shape, x: number): Tensor<'float32'> {
  return filled(shape, () => x)
}

function fanOf(shape: Shape, fan: Fan): number {
  const [outputs = 1, inputs = 1, ...kernel] = shape
  return (fan === 'in' ? inputs : outputs) * sizeOf(kernel)
}

/** Uniform in ±bound. */
export function uniform(shape: Shape, bound: number, rng: Rng): Tensor<'float32'> {
  return filled(shape, () => rng.between(-bound, bound))
}

function filled(shape: Shape, next: () => number): Tensor<'float32'> {
  const data = new Float32Array(sizeOf(shape))
  for (let i = 0; i < data.length; i++) data[i] = next()
  return tensor('float32', shape, data)
}

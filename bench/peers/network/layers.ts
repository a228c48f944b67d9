/** What the networks need of a tensor library, by the names of TensorFlow.js. */
export interface Operators<T> {
  add(a: T, b: T | number): T
  sub(a: T, b: T | number): T
  mul(a: T, b: T | number): T
  div(a: T, b: T | number): T
  square(x: T): T
  sqrt(x: T): T
  abs(x: T): T
  relu(x: T): T
  sigmoid(x: T): T
  tanh(x: T): T
  erf(x: T): T
  softplus(x: T): T
  /** Over the last axis. */
  softmax(x: T): T
  logSoftmax(x: T): T
  mean(x: T, axis?: number | readonly number[], keepDims?: boolean): T
  matMul(a: T, b: T, transposeA?: boolean, transposeB?: boolean): T
  reshape(x: T, shape: readonly number[]): T
  transpose(x: T, axes: readonly number[]): T
  concat(parts: readonly T[], axis: number): T
  split(x: T, sizes: readonly number[], axis: number): T[]
  tile(x: T, repeats: readonly number[]): T
  /** [N, C, H, W] by a filter [outputs, C, k, k], with that many zeros on each side. */
  conv(x: T, filter: T, stride: number, padding: number): T
  /** Of squares, [N, C, H, W]; nothing is negative. */
  maxPool(x: T, size: number, stride: number, padding: number): T
}

/** A library and a network's weights, which are known by name. */
export interface Scope<T> {
  readonly ops: Operators<T>
  weight(name: string): T
  shapeOf(name: string): readonly number[]
}

/** x Wᵀ + b. [rows, inputs] → [rows, outputs] */
export function linear<T>({ ops, weight }: Scope<T>, name: string, x: T): T {
  return ops.add(ops.matMul(x, weight(`${name}.weight`), false, true), weight(`${name}.bias`))
}

/** Of the last axis. */
export function layerNorm<T>({ ops, weight }: Scope<T>, name: string, x: T): T {
  const { add, sub, mul, div, mean, square, sqrt } = ops
  const centred = sub(x, mean(x, -1, true))
  const unit = div(centred, sqrt(add(mean(square(centred), -1, true), 1e-6)))
  return add(mul(unit, weight(`${name}.scale`)), weight(`${name}.shift`))
}

/** By the batch's own mean and variance of each channel, the second axis. */
export function batchNorm<T>(
  { ops, weight }: Scope<T>,
  name: string,
  x: T,
  axes: readonly number[],
): T {
  const { add, sub, mul, div, mean, square, sqrt, reshape } = ops
  const ofChannel = (part: string) =>
    reshape(weight(`${name}.${part}`), [-1, ...axes.slice(1).map(() => 1)])
  const centred = sub(x, mean(x, axes, true))
  const unit = div(centred, sqrt(add(mean(square(centred), axes, true), 1e-5)))
  return add(mul(unit, ofChannel('scale')), ofChannel('shift'))
}

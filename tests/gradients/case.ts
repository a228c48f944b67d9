import { rngFromSeed } from '../../src/core/index.ts'
import * as onnx from '../../src/onnx/index.ts'
import { type Shape, type Tensor, tensor } from '../../src/tensor/index.ts'
import type { GradientCheck } from '../support/check-gradient.ts'
import { onGrid, random } from '../support/random-tensor.ts'

/** A function whose gradient is compared with central differences. For tests only. */
export type Case = Pick<GradientCheck, 'at' | 'of'> & Partial<GradientCheck>
/** Arguments of a function by name. For tests only. */
export type Values = Readonly<Record<string, onnx.Value>>
/** How a golden function is written with our builders. For tests only. */
export type Golden = (values: Values) => onnx.Value

/** What proves the rules of one family of operators. For tests only. */
export interface Family {
  /** At least one case for every rule of the family, by ONNX name. */
  readonly cases: Readonly<Record<string, readonly Case[]>>
  /** The functions of the family's script in tests/golden/operators, by the same names. */
  readonly golden: Readonly<Record<string, Golden>>
}

const rng = rngFromSeed(11)

/** float64, away from every kink at a multiple of 0.05. For tests only. */
export const smooth = (...shape: Shape): Tensor<'float64'> => onGrid('float64', shape, rng)

/** float64, never equal to anything that is smooth. For tests only. */
export const other = (...shape: Shape): Tensor<'float64'> => onGrid('float64', shape, rng, 0.25)

/** float64 in [0.4, 1.6). For tests only. */
export const positive = (...shape: Shape): Tensor<'float64'> =>
  random('float64', shape, rng, [0.4, 1.6])

/** As smooth, in float32, for operators without a kernel for float64. For tests only. */
export const single = (...shape: Shape): Tensor<'float32'> => onGrid('float32', shape, rng)

/** float64, no two elements equal, so that every maximum is one element's alone. For tests only. */
export function distinct(...shape: Shape): Tensor<'float64'> {
  const ranks = rng.shuffle(Array.from(smooth(...shape).data.keys()))
  const data = Float64Array.from(ranks, (rank) => rank / 10 - 1)
  return tensor('float64', shape, data)
}

/** What is linear bears a long step in float32. For tests only. */
export const linear32 = { step: 0.5, tolerance: 1e-5 }

/** For smooth functions in float32. For tests only. */
export const curved32 = { step: 1e-2, tolerance: 1e-3 }

/** A case of one argument. For tests only. */
export const unary = (
  f: (x: onnx.Value) => onnx.Value,
  at: GradientCheck['at'][string] = smooth(2, 3),
): Case => ({ at: { x: at }, of: ({ x }) => f(x!) })

/** Cases of two arguments: as given, broadcast, and one Value as both operands. For tests only. */
export const binary = (
  f: (a: onnx.Value, b: onnx.Value) => onnx.Value,
  [a, b] = [smooth(2, 3), other(2, 3)],
): Case[] => [
  { at: { a, b }, of: ({ a, b }) => f(a!, b!) },
  { at: { a: smooth(3, 1), b: positive(2, 1, 4) }, of: ({ a, b }) => f(a!, b!) },
  { at: { a: positive(3) }, of: ({ a }) => f(a!, onnx.mul(a!, 1.3)) },
]

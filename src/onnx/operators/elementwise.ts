import { shapeError } from '../../core/index.ts'
import type { DType } from '../../tensor/index.ts'
import { type Attributes, int } from '../attribute.ts'
import { dtypeNumbers } from '../dtype-numbers.ts'
import { apply, compute, noGradient, scalar, type Value } from '../value.ts'
import { broadcastShape, lift, type Operand } from './broadcast.ts'

function binary(op: string, a: Operand, b: Operand, attributes: Attributes = {}): Value {
  const [x, y] = lift(a, b)
  return apply(
    op,
    [x, y],
    { dtype: x.dtype, shape: broadcastShape(op, x.shape, y.shape) },
    attributes,
  )
}

/** a + b, broadcast. */
export const add = (a: Operand, b: Operand): Value => binary('Add', a, b)
/** a − b, broadcast. */
export const sub = (a: Operand, b: Operand): Value => binary('Sub', a, b)
/** a · b elementwise, broadcast. */
export const mul = (a: Operand, b: Operand): Value => binary('Mul', a, b)
/** a / b, broadcast. */
export const div = (a: Operand, b: Operand): Value => binary('Div', a, b)
/** The rest of a / b, of the sign of a (C's fmod), broadcast. */
export const mod = (a: Operand, b: Operand): Value => binary('Mod', a, b, { fmod: int(1) })
/** a AND b of each bit of integers, broadcast. */
export const bitwiseAnd = (a: Operand, b: Operand): Value => binary('BitwiseAnd', a, b)
/** a XOR b of each bit of integers, broadcast. */
export const bitwiseXor = (a: Operand, b: Operand): Value => binary('BitwiseXor', a, b)
/** aᵇ, broadcast; the exponents may be of another dtype, int64 for one. */
export function pow(a: Operand, b: Operand): Value {
  const [x, y] = typeof a === 'number' || typeof b === 'number' ? lift(a, b) : [a, b]
  return apply('Pow', [x, y], { dtype: x.dtype, shape: broadcastShape('Pow', x.shape, y.shape) })
}

/** An operator of any number of operands, at least one. */
function variadic(op: string, operands: readonly Operand[]): Value {
  const witness = operands.find((operand) => typeof operand !== 'number') ?? scalar(0)
  const values = operands.map((operand) => lift(operand, witness)[0])
  if (values.length === 0) throw shapeError(`${op}: at least one operand is needed`)
  const shape = values.map((value) => value.shape).reduce((a, b) => broadcastShape(op, a, b))
  return apply(op, values, { dtype: witness.dtype, shape })
}

/** max(a, b, ...) elementwise, broadcast. */
export const maximum = (...operands: readonly Operand[]): Value => variadic('Max', operands)
/** min(a, b, ...) elementwise, broadcast. */
export const minimum = (...operands: readonly Operand[]): Value => variadic('Min', operands)
/** a + b + ..., broadcast. */
export const sum = (...operands: readonly Operand[]): Value => variadic('Sum', operands)
/** (a + b + ...) / n, broadcast. */
export const mean = (...operands: readonly Operand[]): Value => variadic('Mean', operands)

function unary(op: string, x: Value): Value {
  return apply(op, [x], x)
}

/** −x. */
export const neg = (x: Value): Value => unary('Neg', x)
/** −1, 0 or 1. */
export const sign = (x: Value): Value => unary('Sign', x)
/** √x. */
export const sqrt = (x: Value): Value => unary('Sqrt', x)
/** eˣ. */
export const exp = (x: Value): Value => unary('Exp', x)
/** ln x. */
export const log = (x: Value): Value => unary('Log', x)
/** |x|. */
export const abs = (x: Value): Value => unary('Abs', x)
/** 1 / x. */
export const reciprocal = (x: Value): Value => unary('Reciprocal', x)
/** erf x = 2/√π ∫₀ˣ e^(−t²) dt. */
export const erf = (x: Value): Value => unary('Erf', x)
/** The largest whole number that is not above x. */
export const floor = (x: Value): Value => unary('Floor', x)
/** The smallest whole number that is not below x. */
export const ceil = (x: Value): Value => unary('Ceil', x)
/** The nearest whole number, of two the even one. */
export const round = (x: Value): Value => unary('Round', x)

/** x with another dtype. */
export function cast(x: Value, dtype: DType): Value {
  if (x.dtype === dtype) return x
  return apply('Cast', [x], { dtype, shape: x.shape }, { to: int(dtypeNumbers[dtype]) })
}

/** x itself, but no gradient passes: it is a constant to the backward pass. */
export const stopGradient = (x: Value): Value =>
  compute({ op: 'Identity', inputs: [x], outputs: [x], gradient: noGradient })[0]!

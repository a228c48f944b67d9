import type { DType } from '../../tensor/index.ts'
import { int } from '../attribute.ts'
import { dtypeNumbers } from '../dtype-numbers.ts'
import { apply, compute, noGradient, type Value } from '../value.ts'
import { broadcastShape, lift, type Operand } from './broadcast.ts'

function binary(op: string, a: Operand, b: Operand, dtype?: DType): Value {
  const [x, y] = lift(a, b)
  const shape = broadcastShape(op, x.shape, y.shape)
  return apply(op, [x, y], { dtype: dtype ?? x.dtype, shape })
}

/** a + b, broadcast. */
export const add = (a: Operand, b: Operand): Value => binary('Add', a, b)
/** a − b, broadcast. */
export const sub = (a: Operand, b: Operand): Value => binary('Sub', a, b)
/** a · b elementwise, broadcast. */
export const mul = (a: Operand, b: Operand): Value => binary('Mul', a, b)
/** a / b, broadcast. */
export const div = (a: Operand, b: Operand): Value => binary('Div', a, b)
/** aᵇ, broadcast. */
export const pow = (a: Operand, b: Operand): Value => binary('Pow', a, b)
/** max(a, b) elementwise, broadcast. */
export const maximum = (a: Operand, b: Operand): Value => binary('Max', a, b)
/** min(a, b) elementwise, broadcast. */
export const minimum = (a: Operand, b: Operand): Value => binary('Min', a, b)
/** a > b as bool, broadcast. */
export const greater = (a: Operand, b: Operand): Value => binary('Greater', a, b, 'bool')
/** a < b as bool, broadcast. */
export const less = (a: Operand, b: Operand): Value => binary('Less', a, b, 'bool')
/** a = b as bool, broadcast. */
export const equal = (a: Operand, b: Operand): Value => binary('Equal', a, b, 'bool')
/** a AND b of each bit of integers, broadcast. */
export const bitwiseAnd = (a: Operand, b: Operand): Value => binary('BitwiseAnd', a, b)
/** a XOR b of each bit of integers, broadcast. */
export const bitwiseXor = (a: Operand, b: Operand): Value => binary('BitwiseXor', a, b)
/** Both, of bools, broadcast. */
export const and = (a: Value, b: Value): Value => binary('And', a, b, 'bool')

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
/** Not, of bools. */
export const not = (x: Value): Value => unary('Not', x)

/** a where the condition holds, b elsewhere, broadcast. */
export function where(condition: Value, a: Operand, b: Operand): Value {
  const [x, y] = lift(a, b)
  const shape = broadcastShape('Where', condition.shape, broadcastShape('Where', x.shape, y.shape))
  return apply('Where', [condition, x, y], { dtype: x.dtype, shape })
}

/** x with another dtype. */
export function cast(x: Value, dtype: DType): Value {
  if (x.dtype === dtype) return x
  return apply('Cast', [x], { dtype, shape: x.shape }, { to: int(dtypeNumbers[dtype]) })
}

/** x itself, but no gradient passes: it is a constant to the backward pass. */
export const stopGradient = (x: Value): Value =>
  compute({ op: 'Identity', inputs: [x], outputs: [x], gradient: noGradient })[0]!

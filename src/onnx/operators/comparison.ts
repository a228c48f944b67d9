import { apply, type Value } from '../value.ts'
import { broadcastShape, lift, type Operand } from './broadcast.ts'

function compare(op: string, a: Operand, b: Operand): Value {
  const [x, y] = lift(a, b)
  return apply(op, [x, y], { dtype: 'bool', shape: broadcastShape(op, x.shape, y.shape) })
}

/** a > b as bool, broadcast. */
export const greater = (a: Operand, b: Operand): Value => compare('Greater', a, b)
/** a ≥ b as bool, broadcast. */
export const greaterOrEqual = (a: Operand, b: Operand): Value => compare('GreaterOrEqual', a, b)
/** a < b as bool, broadcast. */
export const less = (a: Operand, b: Operand): Value => compare('Less', a, b)
/** a ≤ b as bool, broadcast. */
export const lessOrEqual = (a: Operand, b: Operand): Value => compare('LessOrEqual', a, b)
/** a = b as bool, broadcast. */
export const equal = (a: Operand, b: Operand): Value => compare('Equal', a, b)
/** Both, of bools, broadcast. */
export const and = (a: Value, b: Value): Value => compare('And', a, b)
/** At least one, of bools, broadcast. */
export const or = (a: Value, b: Value): Value => compare('Or', a, b)
/** One of the two but not both, of bools, broadcast. */
export const xor = (a: Value, b: Value): Value => compare('Xor', a, b)

const test = (op: string, x: Value): Value => apply(op, [x], { dtype: 'bool', shape: x.shape })

/** Not, of bools. */
export const not = (x: Value): Value => test('Not', x)
/** Whether x is no number. */
export const isNan = (x: Value): Value => test('IsNaN', x)
/** Whether x is infinite. */
export const isInf = (x: Value): Value => test('IsInf', x)

/** a where the condition holds, b elsewhere, broadcast. */
export function where(condition: Value, a: Operand, b: Operand): Value {
  const [x, y] = lift(a, b)
  const shape = broadcastShape('Where', condition.shape, broadcastShape('Where', x.shape, y.shape))
  return apply('Where', [condition, x, y], { dtype: x.dtype, shape })
}

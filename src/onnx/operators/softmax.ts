import { int } from '../attribute.ts'
import { apply, type Value } from '../value.ts'
import { normalizeAxis } from './broadcast.ts'

function along(op: string, x: Value, axis: number): Value {
  return apply(op, [x], x, { axis: int(normalizeAxis(op, axis, x.shape.length)) })
}

/** e^xᵢ / Σ e^xⱼ along an axis. */
export const softmax = (x: Value, axis = -1): Value => along('Softmax', x, axis)
/** xᵢ − ln Σ e^xⱼ along an axis. */
export const logSoftmax = (x: Value, axis = -1): Value => along('LogSoftmax', x, axis)

import { tensor } from '../../tensor/index.ts'
import { int } from '../attribute.ts'
import { apply, constant, type Value } from '../value.ts'
import { equal, less, where } from './comparison.ts'
import { cast, sub } from './elementwise.ts'
import { reduceSum } from './reduce.ts'
import { reshape, unsqueeze } from './shape.ts'
import { slice } from './slicing.ts'

// Sequences of one batch lie beside each other, [T, N, ...]; where they end is said by `lengths`, int32
// [N], or they fill all steps.

/** Each sequence from its end to its beginning; what comes after the end stays where it is. */
export function reverseSequences(x: Value, lengths?: Value): Value {
  if (lengths === undefined)
    return slice(x, [{ axis: 0, start: -1, end: Number.MIN_SAFE_INTEGER, step: -1 }])
  const axes = { time_axis: int(0), batch_axis: int(1) }
  return apply('ReverseSequence', [x, cast(lengths, 'int64')], x, axes)
}

/** Zeros after the end of each sequence, whatever stood there. [T, N, D] → [T, N, D]. */
export function zeroAfterEnd(x: Value, lengths?: Value): Value {
  if (lengths === undefined) return x
  return where(less(stepNumbers(x.shape[0]!), perSequence(lengths)), x, 0)
}

/** What stands at the last step of each sequence, zeros for a sequence of none. [T, N, D] → [N, D]. */
export const lastOfSequences = (x: Value, lengths: Value): Value =>
  reduceSum(where(atEnd(x.shape[0]!, lengths), x, 0), { axes: [0] })

/** The rows at the last step of each sequence, zeros at the others. [N, D] → [T, N, D]. */
export function rowsAtEnd(rows: Value, steps: number, lengths: Value): Value {
  return where(atEnd(steps, lengths), unsqueeze(rows, [0]), 0)
}

const atEnd = (steps: number, lengths: Value): Value =>
  equal(stepNumbers(steps), sub(perSequence(lengths), 1))

/** 0, 1, ... as [T, 1, 1] */
function stepNumbers(steps: number): Value {
  return constant(
    tensor(
      'int32',
      [steps, 1, 1],
      Int32Array.from({ length: steps }, (_, t) => t),
    ),
  )
}

/** [N] → [1, N, 1] */
const perSequence = (lengths: Value): Value => reshape(cast(lengths, 'int32'), [1, -1, 1])

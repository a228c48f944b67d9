import {
  add,
  apply,
  cast,
  concat,
  constant,
  equal,
  expand,
  int,
  less,
  like,
  reshape,
  slice,
  split,
  sub,
  unsqueeze,
  type Value,
} from '../onnx/index.ts'
import { tensor } from '../tensor/index.ts'
import { only } from './partial.ts'

/** Equal parts of the first axis. */
export function parts(value: Value, count: number): Value[] {
  const size = value.shape[0]! / count
  const sizes = Array.from({ length: count }, () => size)
  return split(value, sizes, 0)
}

/** The sum of what there is. */
export function total(...values: readonly (Value | undefined)[]): Value | undefined {
  return values.reduce((sum, value) => (sum && value ? add(sum, value) : (sum ?? value)))
}

/** Each sequence from its end to its beginning; what comes after the end stays there. [T, N, ...] */
export function reverse(value: Value, lengths: Value | undefined): Value {
  if (lengths === undefined)
    return slice(value, [{ axis: 0, start: -1, end: Number.MIN_SAFE_INTEGER, step: -1 }])
  const axes = { time_axis: int(0), batch_axis: int(1) }
  return apply('ReverseSequence', [value, cast(lengths, 'int64')], value, axes)
}

/** Zeros after the end of each sequence. [T, N, ...] */
export function masked(value: Value, lengths: Value | undefined): Value {
  if (lengths === undefined) return value
  return only(less(stepNumbers(value.shape[0]!), perSequence(lengths)), value)
}

/** Hidden states before each step, [T·N, H], of those after it, [T, N, H]. */
export function before(after: Value, initial: Value | undefined): Value {
  const [steps, batch, hidden] = after.shape as [number, number, number]
  const first = initial ?? expand(like(0, after), [batch, hidden])
  if (steps === 1) return first
  const others = slice(after, [{ axis: 0, start: 0, end: steps - 1 }])
  return concat([first, reshape(others, [-1, hidden])], 0)
}

/** Gradients by the states of a layer. */
interface Arriving {
  readonly steps: number
  readonly lengths: Value | undefined
  /** By the state after each step. */
  readonly each: Value | undefined // [T, N, H]
  /** By the state at the end of each sequence. */
  readonly last: Value | undefined // [N, H]
}

/** What arrives at each step, T times [N, H]: nothing after the end of a sequence. */
export function arriving({ steps, lengths, each, last }: Arriving): readonly (Value | undefined)[] {
  if (lengths === undefined) {
    const found = stepByStep(each, steps)
    return found.with(-1, total(found.at(-1), last))
  }
  const ends = sub(perSequence(lengths), 1)
  const atEnd = last && only(equal(stepNumbers(steps), ends), unsqueeze(last, [0]))
  return stepByStep(total(each && masked(each, lengths), atEnd), steps)
}

function stepByStep(value: Value | undefined, steps: number): readonly (Value | undefined)[] {
  if (value === undefined) return Array.from({ length: steps }, () => undefined)
  return parts(reshape(value, [-1, value.shape[2]!]), steps)
}

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
const perSequence = (lengths: Value): Value => reshape(lengths, [1, -1, 1])

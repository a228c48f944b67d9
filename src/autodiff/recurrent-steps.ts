import {
  add,
  concat,
  expand,
  like,
  reshape,
  rowsAtEnd,
  slice,
  split,
  type Value,
  zeroAfterEnd,
} from '../onnx/index.ts'

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
export function arriving(given: Arriving): readonly (Value | undefined)[] {
  const { steps, lengths, each, last } = given
  if (lengths === undefined) {
    const found = stepByStep(each, steps)
    return found.with(-1, total(found.at(-1), last))
  }
  const atEnd = last && rowsAtEnd(last, steps, lengths)
  return stepByStep(total(each && zeroAfterEnd(each, lengths), atEnd), steps)
}

function stepByStep(value: Value | undefined, steps: number): readonly (Value | undefined)[] {
  if (value === undefined) return Array.from({ length: steps }, () => undefined)
  return parts(reshape(value, [-1, value.shape[2]!]), steps)
}

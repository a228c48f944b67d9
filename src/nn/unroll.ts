import {
  concat,
  expand,
  lastOfSequences,
  like,
  reshape,
  reverseSequences,
  split,
  take,
  unsqueeze,
  type Value,
  zeroAfterEnd,
} from '../onnx/index.ts'

/** One direction of a recurrent layer, one step at a time. */
export interface Cell {
  /** What the inputs give to the gates, at all steps at once: [T·N, I] → some [T·N, ...]. */
  shares(x: Value): readonly Value[]
  /** The states after a step, each [N, H], the hidden one first, from its shares, [N, ...]. */
  step(shares: readonly Value[], states: readonly Value[]): readonly Value[]
}

/** Weights of one direction. */
export interface CellWeights {
  readonly w: Value // [G·H, I]
  readonly r: Value // [G·H, H]
  readonly b: Value // [2·G·H]
}

/** A recurrent layer to be unrolled: see {@link unroll}. */
export interface Unrolled {
  readonly w: Value // [D, G·H, I]
  readonly r: Value // [D, G·H, H]
  readonly b: Value // [D, 2·G·H]
  readonly lengths: Value | undefined // [N]
  /** Where each state starts; undefined: at zeros. */
  readonly initial: readonly (Value | undefined)[] // [D, N, H]
  readonly cellOf: (weights: CellWeights) => Cell
}

/** What a recurrent layer gives. */
export interface RecurrentOutputs {
  /** The hidden states after each step, those of both directions side by side. */
  readonly y: Value // [T, N, D·H]
  /** Each state at the end of its sequence. */
  readonly last: readonly Value[] // [D, N, H]
}

/**
 * A recurrent layer step by step, [T, N, I] → what ONNX's operator computes.
 *
 * For training: the gates of each step are kept, while the gradient of the operator has to compute them a
 * second time, a quarter of the work.
 */
export function unroll(
  x: Value,
  { cellOf, lengths, initial, ...weights }: Unrolled,
): RecurrentOutputs {
  const [steps, batch, inputs] = x.shape as [number, number, number]
  const [directions, , hidden] = weights.r.shape as [number, number, number]
  const passes = Array.from({ length: directions }, (_, k) => {
    const own = (value: Value): Value => take(value, k)
    const turned = (value: Value): Value => (k === 0 ? value : reverseSequences(value, lengths))
    const cell = cellOf({ w: own(weights.w), r: own(weights.r), b: own(weights.b) })
    const zeros = expand(like(0, x), [batch, hidden])
    const start = initial.map((state) => (state === undefined ? zeros : own(state)))
    const rows = reshape(turned(zeroAfterEnd(x, lengths)), [steps * batch, inputs])
    const sizes = Array.from({ length: steps }, () => batch)
    const states = [start]
    const shares = cell.shares(rows).map((share) => split(share, sizes, 0))
    for (let t = 0; t < steps; t++) {
      const own = shares.map((share) => share[t]!)
      states.push([...cell.step(own, states[t]!)])
    }
    const all = (state: number): Value => {
      const each = states.slice(1).map((one) => one[state]!)
      return reshape(concat(each, 0), [steps, batch, hidden])
    }
    const last = start.map((_, i) =>
      lengths === undefined ? states.at(-1)![i]! : lastOfSequences(all(i), lengths),
    )
    return { y: turned(zeroAfterEnd(all(0), lengths)), last }
  })
  return {
    y: concat(
      passes.map(({ y }) => y),
      2,
    ),
    last: initial.map((_, i) =>
      concat(
        passes.map(({ last }) => unsqueeze(last[i]!, [0])),
        0,
      ),
    ),
  }
}

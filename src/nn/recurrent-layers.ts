import type { Rng } from '../core/index.ts'
import {
  concat,
  type RecurrentOptions,
  reshape,
  split,
  transpose,
  type Value,
} from '../onnx/index.ts'
import type { Dropout } from './dropout.ts'
import type { Mode } from './layer.ts'
import { RecurrentWeights } from './recurrent-weights.ts'
import { type Cell, type CellWeights, type RecurrentOutputs, unroll } from './unroll.ts'

/** Sizes of a recurrent network. */
export interface RecurrentNetworkOptions {
  readonly inputs: number
  readonly hidden: number
  /** Layers, each over the outputs of the one before. Default 1. */
  readonly layers?: number
  /** Whether each layer also goes from the end to the beginning. Default false. */
  readonly bidirectional?: boolean
  /** Share of the outputs of all layers but the last that is dropped in training. Default 0. */
  readonly dropout?: number
}

/** The layers of a network whose cells have so many gates. */
export function recurrentLayers(
  { inputs, hidden, layers = 1, bidirectional = false }: RecurrentNetworkOptions,
  gates: number,
  rng: Rng,
): RecurrentWeights[] {
  const directions = bidirectional ? 2 : 1
  return Array.from({ length: layers }, (_, i) => {
    const given = i === 0 ? inputs : directions * hidden
    return new RecurrentWeights({ inputs: given, hidden, gates, directions }, rng)
  })
}

/** One layer of a kind of recurrent network: ONNX's operator, and what it does at a step. */
export interface RecurrentKind {
  readonly operator: (
    x: Value,
    options: RecurrentOptions,
    initial: readonly (Value | undefined)[],
  ) => RecurrentOutputs
  readonly cellOf: (weights: CellWeights) => Cell
}

/** A pass through recurrent layers. */
export interface RecurrentPass extends RecurrentKind {
  readonly layers: readonly RecurrentWeights[]
  readonly dropout: Dropout
  readonly mode: Mode
  readonly lengths: Value | undefined // [N]
  readonly initial: readonly (Value | undefined)[] // [L·D, N, H]
}

/**
 * Layers one after another: operators, or steps in training where that is faster. [T, N, I] → the outputs
 * of the last layer and the last states of all, [L·D, N, H].
 */
export function runRecurrent(x: Value, pass: RecurrentPass): RecurrentOutputs {
  const { layers, dropout, mode, lengths, operator, cellOf } = pass
  const directions = layers[0]!.w.shape[0]!
  const sizes = layers.map(() => directions)
  const initial = pass.initial.map((state) => state && split(state, sizes, 0))
  let y = x
  const lasts = layers.map(({ w, r, b }, i) => {
    const own = initial.map((state) => state?.[i])
    const given = i === 0 ? y : dropout.apply(y, mode)
    const direction = directions === 2 ? 'bidirectional' : 'forward'
    const found =
      mode.kind === 'training' && worthUnrolling(given, r)
        ? unroll(given, { w, r, b, lengths, initial: own, cellOf })
        : operator(given, { w, r, b, lengths, direction }, own)
    y = found.y
    return found.last
  })
  const last = initial.map((_, state) =>
    concat(
      lasts.map((each) => each[state]!),
      0,
    ),
  )
  return { y, last }
}

/**
 * Whether a step has more than 6 million multiplications: then unrolled training was 20 to 25 % faster
 * than that of the operator. Below, both are as fast, and a graph of so many steps takes longer to compile.
 */
function worthUnrolling(x: Value, r: Value): boolean {
  const [, batch, inputs] = x.shape as [number, number, number]
  const [, rows, hidden] = r.shape as [number, number, number]
  return batch * (inputs + hidden) * rows > 6e6
}

/** The outputs of both directions side by side. [T, D, N, H] → [T, N, D·H]. */
export function directionsLast(y: Value): Value {
  const [steps, directions, , hidden] = y.shape as [number, number, number, number]
  return reshape(transpose(y, [0, 2, 1, 3]), [steps, -1, directions * hidden])
}

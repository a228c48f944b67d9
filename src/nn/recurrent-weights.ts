import type { Rng } from '../core/index.ts'
import { type Parameter, parameter } from '../onnx/index.ts'
import { uniform } from './initialize.ts'

/** Sizes of one layer's {@link RecurrentWeights}. */
export interface RecurrentSizes {
  readonly inputs: number
  readonly hidden: number
  /** 4 for an LSTM, 3 for a GRU. */
  readonly gates: number
  readonly directions: number
}

/**
 * The weights of one recurrent layer with D directions and G gates, as ONNX's operators take them:
 * gates one below the other, the bias of the input before that of the hidden state. All begin uniform
 * in ±1/√H.
 */
export class RecurrentWeights {
  readonly w: Parameter // [D, G·H, I]
  readonly r: Parameter // [D, G·H, H]
  readonly b: Parameter // [D, 2·G·H]

  constructor({ inputs, hidden, gates, directions }: RecurrentSizes, rng: Rng) {
    const rows = gates * hidden
    const bound = 1 / Math.sqrt(hidden)
    this.w = parameter(uniform([directions, rows, inputs], bound, rng))
    this.r = parameter(uniform([directions, rows, hidden], bound, rng))
    this.b = parameter(uniform([directions, 2 * rows], bound, rng))
  }
}

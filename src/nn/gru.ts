import type { Rng } from '../core/index.ts'
import { add, gemm, gru, mul, sigmoid, split, sub, tanh, type Value } from '../onnx/index.ts'
import { Dropout } from './dropout.ts'
import type { Layer, Mode } from './layer.ts'
import {
  directionsLast,
  type RecurrentKind,
  type RecurrentNetworkOptions,
  recurrentLayers,
  runRecurrent,
} from './recurrent-layers.ts'
import type { RecurrentWeights } from './recurrent-weights.ts'
import type { CellWeights } from './unroll.ts'

/** What a {@link Gru} may be given besides its input. */
export interface GruInputs {
  /** How many steps of each sequence count, integers; default: all. */
  readonly lengths?: Value // [N]
  /** First states of all layers, for each its directions; default: zeros. */
  readonly h?: Value // [L·D, N, H]
}

/**
 * Gated recurrent units in layers, perhaps in both directions. [T, N, inputs] → [T, N, D·hidden]
 *
 * The hidden state meets its weights before it is reset, as in PyTorch. The gates stand in ONNX's
 * order, update, reset, new: PyTorch's `weight_ih` has the blocks [1, 0, 2] of `w` as its blocks 0 to 2,
 * and so have `weight_hh` of `r` and both biases of the halves of `b`.
 *
 * @see {@link gru} for the formula
 */
export class Gru implements Layer {
  readonly layers: readonly RecurrentWeights[]
  readonly dropout: Dropout

  constructor(options: RecurrentNetworkOptions, rng: Rng) {
    this.layers = recurrentLayers(options, 3, rng)
    this.dropout = new Dropout({ rate: options.dropout ?? 0 })
  }

  apply(x: Value, mode: Mode): Value {
    return this.run(x, mode).y
  }

  /** As apply, with the states of all layers at the end of each sequence, [L·D, N, H]. */
  run(x: Value, mode: Mode, { lengths, h }: GruInputs = {}): { y: Value; h: Value } {
    const { y, last } = runRecurrent(x, { ...this, ...gruKind, mode, lengths, initial: [h] })
    return { y, h: last[0]! }
  }
}

/** One layer of an {@link Gru}. */
export const gruKind: RecurrentKind = {
  operator(x, options, [initialH]) {
    const { y, h } = gru(x, { ...options, initialH, linearBeforeReset: true })
    return { y: directionsLast(y), last: [h] }
  },
  cellOf({ w, r, b }: CellWeights) {
    const hidden = r.shape[1]!
    const parts = (rows: Value) => split(rows, [2 * hidden, hidden], 0) as [Value, Value]
    const [ofInput, ofHidden] = split(b, [3 * hidden, 3 * hidden], 0) as [Value, Value]
    const [[openW, freshW], [openR, freshR]] = [parts(w), parts(r)]
    const [[openB, freshB], [openRb, freshRb]] = [parts(ofInput), parts(ofHidden)]
    return {
      shares: (x) => [
        gemm(x, openW, { transposeB: true, bias: add(openB, openRb) }),
        gemm(x, freshW, { transposeB: true, bias: freshB }),
      ],
      step([open, fresh], [h]) {
        const opened = sigmoid(gemm(h!, openR, { transposeB: true, bias: open }))
        const [update, reset] = split(opened, [hidden, hidden], 1) as [Value, Value]
        const kept = mul(reset, gemm(h!, freshR, { transposeB: true, bias: freshRb }))
        const next = tanh(add(fresh!, kept))
        return [add(next, mul(update, sub(h!, next)))]
      },
    }
  },
}

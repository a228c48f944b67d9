import type { Rng } from '../core/index.ts'
import { add, gemm, lstm, mul, sigmoid, split, tanh, type Value } from '../onnx/index.ts'
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

/** What an {@link Lstm} may be given besides its input. */
export interface LstmInputs {
  /** How many steps of each sequence count, integers; default: all. */
  readonly lengths?: Value // [N]
  /** First states of all layers, for each its directions; default: zeros. */
  readonly h?: Value // [L·D, N, H]
  readonly c?: Value // [L·D, N, H]
}

/**
 * Long short-term memory in layers, perhaps in both directions. [T, N, inputs] → [T, N, D·hidden]
 *
 * Each gate has a bias for the input and one for the hidden state, as in PyTorch. The gates stand in
 * ONNX's order, input, output, forget, cell: PyTorch's `weight_ih` has the blocks [0, 2, 3, 1] of `w`
 * as its blocks 0 to 3, and so have `weight_hh` of `r` and both biases of the halves of `b`.
 *
 * @see {@link lstm} for the formula and for sequences of different lengths
 */
export class Lstm implements Layer {
  readonly layers: readonly RecurrentWeights[]
  readonly dropout: Dropout

  constructor(options: RecurrentNetworkOptions, rng: Rng) {
    this.layers = recurrentLayers(options, 4, rng)
    this.dropout = new Dropout({ rate: options.dropout ?? 0 })
  }

  apply(x: Value, mode: Mode): Value {
    return this.run(x, mode).y
  }

  /** As apply, with the states of all layers at the end of each sequence, [L·D, N, H]. */
  run(x: Value, mode: Mode, { lengths, h, c }: LstmInputs = {}): { y: Value; h: Value; c: Value } {
    const { y, last } = runRecurrent(x, { ...this, ...lstmKind, mode, lengths, initial: [h, c] })
    return { y, h: last[0]!, c: last[1]! }
  }
}

/** One layer of an {@link Lstm}. */
export const lstmKind: RecurrentKind = {
  operator(x, options, [initialH, initialC]) {
    const { y, h, c } = lstm(x, { ...options, initialH, initialC })
    return { y: directionsLast(y), last: [h, c] }
  },
  cellOf({ w, r, b }: CellWeights) {
    const hidden = r.shape[1]!
    const parts = (rows: Value) => split(rows, [3 * hidden, hidden], 0) as [Value, Value]
    const [ofInput, ofHidden] = split(b, [4 * hidden, 4 * hidden], 0) as [Value, Value]
    const [[openW, freshW], [openR, freshR]] = [parts(w), parts(r)]
    const [openB, freshB] = parts(add(ofInput, ofHidden))
    return {
      shares: (x) => [
        gemm(x, openW, { transposeB: true, bias: openB }),
        gemm(x, freshW, { transposeB: true, bias: freshB }),
      ],
      step([open, fresh], [h, c]) {
        const opened = sigmoid(gemm(h!, openR, { transposeB: true, bias: open }))
        const [i, o, f] = split(opened, [hidden, hidden, hidden], 1) as [Value, Value, Value]
        const entering = tanh(gemm(h!, freshR, { transposeB: true, bias: fresh }))
        const cell = add(mul(f, c!), mul(i, entering))
        return [mul(o, tanh(cell)), cell]
      },
    }
  },
}

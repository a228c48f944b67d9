import { rngFromSeed } from '../../src/core/index.ts'
import * as onnx from '../../src/onnx/index.ts'
import { type Shape, type Tensor, tensor } from '../../src/tensor/index.ts'
import { random } from '../support/random-tensor.ts'
import type { Case, Family, Values } from './case.ts'

/** All outputs in one row, of whatever weights and states there are. */
const lstm =
  (options: Omit<Partial<onnx.LstmOptions>, 'w' | 'r'> = {}) =>
  ({ x, w, r, b, h, c }: Values): onnx.Value =>
    row(onnx.lstm(x!, { w: w!, r: r!, b, initialH: h, initialC: c, ...options }))

const gru =
  (options: Omit<Partial<onnx.GruOptions>, 'w' | 'r'> = {}) =>
  ({ x, w, r, b, h }: Values): onnx.Value =>
    row(onnx.gru(x!, { w: w!, r: r!, b, initialH: h, ...options }))

const rnn =
  (options: Omit<Partial<onnx.RecurrentOptions>, 'w' | 'r'> = {}) =>
  ({ x, w, r, b, h }: Values): onnx.Value =>
    row(onnx.rnn(x!, { w: w!, r: r!, b, initialH: h, ...options }))

function row(outputs: Values): onnx.Value {
  const flat = Object.values(outputs).map((value) => onnx.reshape(value, [-1]))
  return onnx.concat(flat, 0)
}

const lengths = (...steps: number[]): onnx.Value =>
  onnx.constant(tensor('int32', [steps.length], Int32Array.from(steps)))

interface Sizes {
  readonly directions?: number
  readonly steps?: number
  readonly batch?: number
  readonly inputs?: number
  readonly hidden?: number
}

const rng = rngFromSeed(21)
const single = (...shape: Shape): Tensor<'float32'> => random('float32', shape, rng)

/** Everything that can be differentiated by, in float32: onnxruntime has no other kernels. */
function inputs(gates: number, sizes: Sizes = {}): Record<string, Tensor<'float32'>> {
  const { directions = 1, steps = 3, batch = 2, inputs = 2, hidden = 2 } = sizes
  return {
    x: single(steps, batch, inputs),
    w: single(directions, gates * hidden, inputs),
    r: single(directions, gates * hidden, hidden),
    b: single(directions, 2 * gates * hidden),
    h: single(directions, batch, hidden),
    ...(gates === 4 ? { c: single(directions, batch, hidden) } : {}),
  }
}

const without = (given: Case['at'], ...names: readonly string[]): Case['at'] =>
  Object.fromEntries(Object.entries(given).filter(([name]) => !names.includes(name)))

const smallest = { steps: 1, batch: 1, inputs: 1, hidden: 1 }
const bidirectional = { direction: 'bidirectional', lengths: lengths(2, 3, 1) } as const

/** Cases of an operator with so many gates, from a builder of its functions. */
function cases(gates: number, build: typeof lstm | typeof gru | typeof rnn): Case[] {
  const list: Case[] = [
    { at: inputs(gates), of: build() },
    { at: inputs(gates, smallest), of: build({ direction: 'reverse' }) },
    { at: inputs(gates, { directions: 2, batch: 3 }), of: build(bidirectional) },
    { at: without(inputs(gates), 'b', 'h', 'c'), of: build() },
  ]
  return list.map((one) => ({ ...one, step: 2e-2, tolerance: 2e-3 }))
}

/** Proof of the rules in src/autodiff/lstm.ts, gru.ts and rnn.ts. For tests only. */
export const recurrent: Family = {
  cases: {
    LSTM: cases(4, lstm),
    GRU: [
      ...cases(3, gru),
      ...cases(3, (options = {}) => gru({ ...options, linearBeforeReset: true })),
    ],
    RNN: cases(1, rnn),
  },
  golden: {
    LSTM: lstm(),
    'LSTM bidirectional': lstm({ direction: 'bidirectional' }),
    'LSTM of short sequences': lstm({ lengths: lengths(2, 4, 1) }),
    'LSTM bidirectional of short sequences': lstm({
      direction: 'bidirectional',
      lengths: lengths(3, 1, 4),
    }),
    GRU: gru({ linearBeforeReset: true }),
    'GRU bidirectional': gru({ linearBeforeReset: true, direction: 'bidirectional' }),
    'GRU of short sequences': gru({ linearBeforeReset: true, lengths: lengths(2, 4, 1) }),
    'GRU bidirectional of short sequences': gru({
      linearBeforeReset: true,
      direction: 'bidirectional',
      lengths: lengths(3, 1, 4),
    }),
    'GRU reset before': gru(),
    RNN: rnn(),
    'RNN bidirectional': rnn({ direction: 'bidirectional' }),
    'RNN of short sequences': rnn({ lengths: lengths(2, 4, 1) }),
    'RNN bidirectional of short sequences': rnn({
      direction: 'bidirectional',
      lengths: lengths(3, 1, 4),
    }),
  },
}

import { shapeError, unsupportedOp } from '../../core/index.ts'
import { formatShape, type Shape, sameShape } from '../../tensor/index.ts'
import { type Attributes, int, intOf, text, textOf } from '../attribute.ts'
import { type Computed, compute, type Node, type Value } from '../value.ts'
import { cast } from './elementwise.ts'

/** Which way in time a recurrent layer goes. */
export type Direction = 'forward' | 'reverse' | 'bidirectional'

/** Weights and habits of a recurrent layer of D directions and H hidden values, with G gates. */
export interface RecurrentOptions {
  readonly w: Value // [D, G·H, I]
  readonly r: Value // [D, G·H, H]
  /** Of the input and of the hidden state, one after the other. */
  readonly b?: Value | undefined // [D, 2·G·H]
  /** How many steps of each sequence count, integers; default: all. */
  readonly lengths?: Value | undefined // [N]
  /** Default: zeros. */
  readonly initialH?: Value | undefined // [D, N, H]
  readonly direction?: Direction
}

/** Weights and habits of an {@link lstm}. */
export interface LstmOptions extends RecurrentOptions {
  /** Default: zeros. */
  readonly initialC?: Value | undefined // [D, N, H]
}

/** Weights and habits of a {@link gru}. */
export interface GruOptions extends RecurrentOptions {
  /** Whether the hidden state meets its weights before it is reset, as in PyTorch. Default false. */
  readonly linearBeforeReset?: boolean
}

/**
 * Long short-term memory, [T, N, I] → all hidden states, the last ones and the last cell states:
 *
 *   i, o, f = σ(x W + h R + b)    g = tanh(x W + h R + b)    c' = f c + i g    h' = o tanh c'
 *
 * The gates stand in the order i, o, f, g. Of a sequence that is shorter than T, what comes after its
 * end is zero, the last states are those at its end (of length 0: zeros), and reverse begins there.
 *
 * @throws Shape when weights, lengths or initial states do not fit
 * @see Hochreiter and Schmidhuber 1997; Gers et al. 2000
 */
export function lstm(x: Value, options: LstmOptions): { y: Value; h: Value; c: Value } {
  const [y, h, c] = recurrent({ op: 'LSTM', gates: 4, x, options, initialC: options.initialC })
  return { y: y!, h: h!, c: c! }
}

/**
 * Gated recurrent unit, [T, N, I] → all hidden states and the last ones:
 *
 *   z, r = σ(x W + h R + b)    n = tanh(x W + b + r (h R + b))    h' = (1 − z) n + z h
 *
 * for linearBeforeReset, else n = tanh(x W + (r h) R + b). The gates stand in the order z, r, n. Short
 * sequences as in {@link lstm}.
 *
 * @throws Shape when weights, lengths or the initial state do not fit
 * @see Cho et al. 2014
 */
export function gru(x: Value, options: GruOptions): { y: Value; h: Value } {
  const attributes = { linear_before_reset: int(options.linearBeforeReset === true ? 1 : 0) }
  const [y, h] = recurrent({ op: 'GRU', gates: 3, x, options, attributes })
  return { y: y!, h: h! }
}

/**
 * The plain recurrent layer h' = tanh(x W + h R + b), [T, N, I] → all hidden states and the last ones. Short
 * sequences as in {@link lstm}, but each needs a step at least.
 *
 * @throws Shape when weights, lengths or the initial state do not fit
 * @see Elman 1990
 */
export function rnn(x: Value, options: RecurrentOptions): { y: Value; h: Value } {
  const [y, h] = recurrent({ op: 'RNN', gates: 1, x, options })
  return { y: y!, h: h! }
}

interface Built {
  readonly op: string
  readonly gates: number
  readonly x: Value
  readonly options: RecurrentOptions
  readonly initialC?: Value | undefined
  readonly attributes?: Attributes
}

function recurrent({ op, gates, x, options, initialC, attributes }: Built): Computed[] {
  const { w, r, b, lengths, initialH, direction = 'forward' } = options
  const directions = direction === 'bidirectional' ? 2 : 1
  const hidden = r.shape.at(-1)!
  const [steps, batch, inputs] = x.shape as [number, number, number]
  const assertShape = (name: string, value: Value | undefined, wanted: Shape): void => {
    if (value !== undefined && !sameShape(value.shape, wanted))
      throw shapeError(
        `${op}: ${name} is ${formatShape(value.shape)}, wanted ${formatShape(wanted)}`,
      )
  }
  if (x.shape.length !== 3)
    throw shapeError(`${op}: x is ${formatShape(x.shape)}, wanted [steps, batch, inputs]`)
  assertShape('w', w, [directions, gates * hidden, inputs])
  assertShape('r', r, [directions, gates * hidden, hidden])
  assertShape('b', b, [directions, 2 * gates * hidden])
  assertShape('lengths', lengths, [batch])
  assertShape('initialH', initialH, [directions, batch, hidden])
  assertShape('initialC', initialC, [directions, batch, hidden])
  const counts = lengths === undefined ? null : cast(lengths, 'int32')
  const given = [x, w, r, b ?? null, counts, initialH ?? null, initialC ?? null]
  const last = { dtype: x.dtype, shape: [directions, batch, hidden] }
  const all = { dtype: x.dtype, shape: [steps, directions, batch, hidden] }
  return compute({
    op,
    inputs: given.slice(0, given.findLastIndex((value) => value !== null) + 1),
    attributes: { direction: text(direction), hidden_size: int(hidden), ...attributes },
    outputs: op === 'LSTM' ? [all, last, last] : [all, last],
  })
}

const usualActivations: Readonly<Record<string, readonly string[]>> = {
  LSTM: ['sigmoid', 'tanh', 'tanh'],
  GRU: ['sigmoid', 'tanh'],
  RNN: ['tanh'],
}

/** What a recurrent node was built with. */
export interface Recurrent {
  readonly x: Value // [T, N, I]
  readonly w: Value // [D, G·H, I]
  readonly r: Value // [D, G·H, H]
  readonly b: Value | undefined // [D, 2·G·H]
  readonly lengths: Value | undefined // [N]
  readonly initialH: Value | undefined // [D, N, H]
  readonly initialC: Value | undefined // [D, N, H]
  /** For each direction whether it goes back in time. */
  readonly reversed: readonly boolean[]
}

/**
 * What a recurrent node was built with.
 * @throws UnsupportedOp when it has other activations than the usual ones, peepholes, clipping, coupled
 *   gates or the batch as first axis
 */
export function recurrentOf(node: Node): Recurrent {
  const { op, attributes, inputs } = node
  const refuse = (what: string): never => {
    throw unsupportedOp(`${op}: ${what} is not differentiated; build the model without it`)
  }
  const activations = attributes.activations?.type === 'strings' ? attributes.activations.value : []
  const usual = usualActivations[op]!
  if (activations.some((name, i) => name.toLowerCase() !== usual[i % usual.length]))
    refuse(`activation ${activations.join(', ')}`)
  if (attributes.clip !== undefined) refuse('clip')
  if (intOf(attributes, 'input_forget', 0) !== 0) refuse('input_forget 1')
  if (intOf(attributes, 'layout', 0) !== 0) refuse('layout 1')
  if (inputs[7] != null) refuse('a peephole')
  const direction = textOf(attributes, 'direction', 'forward')
  const [x, w, r] = inputs as [Value, Value, Value]
  const [b, lengths, initialH, initialC] = inputs.slice(3, 7).map((value) => value ?? undefined)
  return {
    ...{ x, w, r, b, lengths, initialH, initialC },
    reversed: { reverse: [true], bidirectional: [false, true] }[direction] ?? [false],
  }
}

import {
  add,
  compute,
  concat,
  type GradientRule,
  gemm,
  type Node,
  recurrentOf,
  reshape,
  reverseSequences,
  take,
  unsqueeze,
  type Value,
  zeroAfterEnd,
} from '../onnx/index.ts'
import { arriving, before, parts } from './recurrent-steps.ts'
import { sumTo } from './sum-to.ts'

/** One direction of a recurrent node, turned so that it goes forwards in time. */
export interface Pass {
  readonly x: Value // [T·N, I]
  readonly w: Value // [G·H, I]
  readonly r: Value // [G·H, H]
  /** Of the input and of the hidden state, one after the other. */
  readonly b: Value | undefined // [2·G·H]
  /** The hidden state before and after each step. */
  readonly before: Value // [T·N, H]
  readonly after: Value // [T·N, H]
  readonly initialC: Value | undefined // [N, H]
  /** Gradients of hidden state and cell after each step, as far as they do not come from later steps. */
  readonly dh: readonly (Value | undefined)[] // T times [N, H]
  readonly dc: readonly (Value | undefined)[] // T times [N, H]
}

/** What the backward pass through a {@link Pass} finds. */
export interface PassGradients {
  /** By what the gates get from the input: their preactivations. */
  readonly gates: Value // [T·N, G·H]
  readonly r: Value // [G·H, H]
  /** By the bias of the hidden state, where it is not the gradient by that of the input. */
  readonly recurrentBias?: Value // [G·H]
  readonly initialH: Value // [N, H]
  readonly initialC?: Value | undefined // [N, H]
}

/** The rule of a recurrent operator, from the backward pass through one of its directions. */
export const recurrentRule =
  (backward: (pass: Pass, node: Node) => PassGradients): GradientRule =>
  (node, [dy, dh, dc]) => {
    const { x, w, r, b, lengths, initialH, initialC, reversed } = recurrentOf(node)
    const y = hiddenStates(node, r.shape[2]!)
    const time = { steps: x.shape[0]!, lengths }
    const each = reversed.map((isReversed, k) => {
      const own = (value: Value | undefined) => value && take(value, k)
      const turned = (value: Value) => (isReversed ? reverseSequences(value, lengths) : value)
      const inputs = zeroAfterEnd(turned(x), lengths)
      const states = turned(take(y, k, 1))
      const pass: Pass = {
        x: reshape(inputs, [-1, x.shape[2]!]),
        w: take(w, k),
        r: take(r, k),
        b: own(b),
        before: before(states, own(initialH)),
        after: reshape(states, [-1, r.shape[2]!]),
        initialC: own(initialC),
        dh: arriving({ ...time, each: dy && turned(take(dy, k, 1)), last: own(dh) }),
        dc: arriving({ ...time, each: undefined, last: own(dc) }),
      }
      const { gates, ...rest } = backward(pass, node)
      const bias = sumTo(gates, gates.shape.slice(1))
      return {
        ...rest,
        x: turned(reshape(gemm(gates, pass.w), x.shape)),
        w: gemm(gates, pass.x, { transposeA: true }),
        b: concat([bias, rest.recurrentBias ?? bias], 0),
      }
    })
    const stacked = (name: 'w' | 'r' | 'b' | 'initialH' | 'initialC'): Value | undefined => {
      const found = each.flatMap((one) => one[name] ?? [])
      return found.length === 0
        ? undefined
        : concat(
            found.map((one) => unsqueeze(one, [0])),
            0,
          )
    }
    return [
      each.map((one) => one.x).reduce((sum, one) => add(sum, one)),
      stacked('w'),
      stacked('r'),
      stacked('b'),
      undefined,
      stacked('initialH'),
      stacked('initialC'),
    ]
  }

/** What a gate is applied to is the sum of a share of the input and one of the hidden state. */
export interface Gate {
  readonly input: Value // [T·N, H]
  readonly hidden: (h: Value) => Value // [M, H] → [M, H]
  readonly r: Value // [H, H]
}

/** The gates of a pass in their order. */
export function gatesOf({ x, w, r, b }: Pass, count: number): Gate[] {
  const biases = b && parts(b, 2 * count)
  const rows = parts(r, count)
  const share = (from: Value, weight: Value, bias: Value | undefined): Value =>
    gemm(from, weight, { transposeB: true, bias })
  return parts(w, count).map((weight, k) => ({
    input: share(x, weight, biases?.[k]),
    hidden: (h) => share(h, rows[k]!, biases?.[count + k]),
    r: rows[k]!,
  }))
}

/**
 * All hidden states of a recurrent node, [T, D, N, H]. Where the model does not name them, another node
 * like it gives them.
 */
function hiddenStates({ op, domain, inputs, attributes, outputs }: Node, hidden: number): Value {
  const [y, ...others] = outputs
  if (y!.shape.length === 4) return y!
  const [x, w] = inputs as [Value, Value]
  const all = { dtype: x.dtype, shape: [x.shape[0]!, w.shape[0]!, x.shape[1]!, hidden] }
  return compute({ op, domain, inputs, attributes, outputs: [all, ...others] })[0]!
}

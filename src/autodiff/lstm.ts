import {
  add,
  concat,
  expand,
  type GradientRule,
  gemm,
  like,
  mul,
  sigmoid,
  sub,
  tanh,
  type Value,
} from '../onnx/index.ts'
import { gatesOf, type Pass, type PassGradients, recurrentRule } from './recurrent.ts'
import { parts, total } from './recurrent-steps.ts'

/**
 * Backward pass through an LSTM. The gates of all steps at once are those of the known hidden states; the
 * cells follow step by step; then, from the last step to the first, with D the slopes of the gates,
 *
 *   dc += dh · o (1 − tanh² c)    dgates = [dc, dh, dc, dc] · D    dh = dgates R    dc = dc · f
 */
function backward(pass: Pass): PassGradients {
  const { r, before, after, initialC, dh, dc } = pass
  const steps = dh.length
  const [i, o, f, g] = gatesOf(pass, 4).map(({ input, hidden }, k) =>
    (k < 3 ? sigmoid : tanh)(add(input, hidden(before))),
  ) as [Value, Value, Value, Value]
  const entering = mul(i, g)
  const forget = parts(f, steps)
  const cells: Value[] = []
  for (const [t, value] of parts(entering, steps).entries())
    cells.push(total(value, multiplied(t === 0 ? initialC : cells[t - 1], forget[t]))!)
  const cell = concat(cells, 0)
  const toCell = parts(sub(o, mul(after, tanh(cell))), steps)
  const slopes = concat(
    [
      mul(entering, sub(1, i)),
      mul(after, sub(1, o)),
      mul(sub(cell, entering), sub(1, f)),
      sub(i, mul(entering, g)),
    ],
    1,
  )
  const slope = parts(slopes, steps)
  const none = expand(like(0, r), cells[0]!.shape)
  const gates: Value[] = []
  let later: Value | undefined
  for (let t = steps - 1; t >= 0; t--) {
    const next = gates[0]
    const hidden = next === undefined ? (dh[t] ?? none) : gemm(next, r, { bias: dh[t] })
    const inCell = total(mul(hidden, toCell[t]!), dc[t], multiplied(later, forget[t + 1]))!
    gates.unshift(mul(concat([inCell, hidden, inCell, inCell], 1), slope[t]!))
    later = inCell
  }
  const all = concat(gates, 0)
  return {
    gates: all,
    r: gemm(all, before, { transposeA: true }),
    initialH: gemm(gates[0]!, r),
    initialC: multiplied(later, forget[0]),
  }
}

const multiplied = (a: Value | undefined, b: Value | undefined): Value | undefined =>
  a && b && mul(a, b)

/** The rule of LSTM. */
export const lstmRules: Readonly<Record<string, GradientRule>> = {
  LSTM: recurrentRule(backward),
}

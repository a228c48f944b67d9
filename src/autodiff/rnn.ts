import { concat, type GradientRule, gemm, mul, sub, type Value } from '../onnx/index.ts'
import { type Pass, type PassGradients, recurrentRule } from './recurrent.ts'
import { parts } from './recurrent-steps.ts'

/** Backward pass through a plain recurrent layer: dgate = dh · (1 − h²), and dh = dgate R for the step before. */
function backward({ r, before, after, dh }: Pass): PassGradients {
  const slope = parts(sub(1, mul(after, after)), dh.length)
  const gates: Value[] = []
  let hidden = dh.at(-1)!
  for (let t = dh.length - 1; t >= 0; t--) {
    const gate = mul(hidden, slope[t]!)
    gates.unshift(gate)
    hidden = gemm(gate, r, { bias: dh[t - 1] })
  }
  const all = concat(gates, 0)
  return { gates: all, r: gemm(all, before, { transposeA: true }), initialH: hidden }
}

/** The rule of RNN. */
export const rnnRules: Readonly<Record<string, GradientRule>> = {
  RNN: recurrentRule(backward),
}

import {
  add,
  concat,
  type GradientRule,
  gemm,
  intOf,
  mul,
  sigmoid,
  slice,
  sub,
  tanh,
  type Value,
} from '../onnx/index.ts'
import { type Gate, gatesOf, type Pass, type PassGradients, recurrentRule } from './recurrent.ts'
import { parts, total } from './recurrent-steps.ts'
import { sumTo } from './sum-to.ts'

/** What both kinds of GRU share: z, r and the share of the input in n, at all steps at once. */
interface Gates {
  readonly z: Value // [T·N, H]
  readonly r: Value // [T·N, H]
  readonly fresh: Gate
}

function gates(pass: Pass): Gates {
  const [update, reset, fresh] = gatesOf(pass, 3) as [Gate, Gate, Gate]
  const opened = ({ input, hidden }: Gate): Value => sigmoid(add(input, hidden(pass.before)))
  return { z: opened(update), r: opened(reset), fresh }
}

/** Slopes of h' = (1 − z) n + z h by what z and n are made of. */
function slopes(z: Value, n: Value, before: Value): { byZ: Value; byN: Value } {
  const remains = sub(1, z)
  return {
    byZ: mul(sub(before, n), mul(z, remains)),
    byN: mul(remains, sub(1, mul(n, n))),
  }
}

/**
 * From the last step to the first: the gradient by the hidden state before a step is what its gates
 * send back, dh · z, and what arrives there.
 */
function backInTime(
  { dh }: Pass,
  z: Value,
  gatesBack: (dh: Value, t: number) => (others: Value | undefined) => Value,
): Value {
  const kept = parts(z, dh.length)
  let hidden = dh.at(-1)!
  for (let t = dh.length - 1; t >= 0; t--)
    hidden = gatesBack(hidden, t)(total(mul(hidden, kept[t]!), dh[t - 1]))
  return hidden
}

/** n = tanh(x W + b + r q) with q = h R + b. */
function resetAfter(pass: Pass): PassGradients {
  const { before, dh } = pass
  const { z, r, fresh } = gates(pass)
  const q = fresh.hidden(before)
  const { byZ, byN } = slopes(z, tanh(add(fresh.input, mul(r, q))), before)
  const byQ = mul(byN, r)
  const slope = parts(concat([byZ, mul(mul(byQ, q), sub(1, r)), byQ], 1), dh.length)
  const [hiddens, products]: [Value[], Value[]] = [[], []]
  const initialH = backInTime(pass, z, (hidden, t) => {
    const product = mul(concat([hidden, hidden, hidden], 1), slope[t]!)
    hiddens.unshift(hidden)
    products.unshift(product)
    return (bias) => gemm(product, pass.r, { bias })
  })
  const all = concat(products, 0)
  const zAndR = slice(all, [{ axis: 1, start: 0, end: 2 * before.shape[1]! }])
  return {
    gates: concat([zAndR, mul(concat(hiddens, 0), byN)], 1),
    r: gemm(all, before, { transposeA: true }),
    recurrentBias: sumTo(all, all.shape.slice(1)),
    initialH,
  }
}

/** n = tanh(x W + (r h) R + b). */
function resetBefore(pass: Pass): PassGradients {
  const { before, dh } = pass
  const { z, r, fresh } = gates(pass)
  const kept = mul(r, before)
  const { byZ, byN } = slopes(z, tanh(add(fresh.input, fresh.hidden(kept))), before)
  const byR = mul(kept, sub(1, r))
  const [slopeZ, slopeN, slopeR, open] = [byZ, byN, byR, r].map((each) => parts(each, dh.length))
  const weights = slice(pass.r, [{ axis: 0, start: 0, end: 2 * before.shape[1]! }])
  const [zAndR, news]: [Value[], Value[]] = [[], []]
  const initialH = backInTime(pass, z, (hidden, t) => {
    const dn = mul(hidden, slopeN![t]!)
    const dKept = gemm(dn, fresh.r)
    const both = concat([mul(hidden, slopeZ![t]!), mul(dKept, slopeR![t]!)], 1)
    news.unshift(dn)
    zAndR.unshift(both)
    return (others) => gemm(both, weights, { bias: total(mul(dKept, open![t]!), others) })
  })
  const [dZAndR, dN] = [concat(zAndR, 0), concat(news, 0)]
  return {
    gates: concat([dZAndR, dN], 1),
    r: concat(
      [gemm(dZAndR, before, { transposeA: true }), gemm(dN, kept, { transposeA: true })],
      0,
    ),
    initialH,
  }
}

/** The rule of GRU. */
export const gruRules: Readonly<Record<string, GradientRule>> = {
  GRU: recurrentRule((pass, { attributes }) =>
    intOf(attributes, 'linear_before_reset', 0) === 0 ? resetBefore(pass) : resetAfter(pass),
  ),
}

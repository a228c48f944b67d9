import { unsupportedOp } from '../core/index.ts'
import {
  floatOf,
  type GradientRule,
  gemm,
  intOf,
  matmul,
  mul,
  reshape,
  transpose,
  type Value,
} from '../onnx/index.ts'
import { sizeOf } from '../tensor/index.ts'
import { sumTo } from './sum-to.ts'

/** The last two axes swapped. */
function swapLast(x: Value): Value {
  const order = x.shape.map((_, i) => i)
  const rank = order.length
  return transpose(x, [...order.slice(0, -2), rank - 1, rank - 2])
}

/** Y = A B with broadcast leading axes: dA = dY Bᵀ, dB = Aᵀ dY. */
const matmulRule: GradientRule = (node, [dy]) => {
  const [a, b] = [node.inputs[0]!, node.inputs[1]!]
  if (a.shape.length < 2 || b.shape.length < 2)
    throw unsupportedOp('MatMul: a vector operand has no gradient rule; reshape it to a matrix')
  const da = sumTo(matmul(dy!, swapLast(b)), a.shape)
  if (b.shape.length > 2) return [da, sumTo(matmul(swapLast(a), dy!), b.shape)]
  // A weight shared by the whole batch: one product over all rows, not one each and a sum.
  const rows = sizeOf(a.shape.slice(0, -1))
  const flatA = reshape(a, [rows, a.shape.at(-1)!])
  const flatDy = reshape(dy!, [rows, dy!.shape.at(-1)!])
  return [da, gemm(flatA, flatDy, { transposeA: true })]
}

/** Y = α A' B' + C, A' and B' perhaps transposed. */
const gemmRule: GradientRule = (node, [gradient]) => {
  const [a, b, c] = node.inputs
  const [ta, tb] = [
    intOf(node.attributes, 'transA', 0) === 1,
    intOf(node.attributes, 'transB', 0) === 1,
  ]
  const alpha = floatOf(node.attributes, 'alpha', 1)
  const beta = floatOf(node.attributes, 'beta', 1)
  const dy = gradient!
  const da = ta
    ? gemm(b!, dy, { transposeA: tb, transposeB: true, alpha })
    : gemm(dy, b!, { transposeB: !tb, alpha })
  const db = tb
    ? gemm(dy, a!, { transposeA: true, transposeB: ta, alpha })
    : gemm(a!, dy, { transposeA: !ta, alpha })
  if (c == null) return [da, db]
  const dc = sumTo(dy, c.shape)
  return [da, db, beta === 1 ? dc : mul(dc, beta)]
}

/** Rules of matrix products. */
export const matmulRules: Readonly<Record<string, GradientRule>> = {
  MatMul: matmulRule,
  Gemm: gemmRule,
}

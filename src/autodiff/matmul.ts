import {
  floatOf,
  type GradientRule,
  gemm,
  intOf,
  matmul,
  mul,
  type Node,
  reshape,
  transpose,
  unsqueeze,
  type Value,
} from '../onnx/index.ts'
import { sizeOf } from '../tensor/index.ts'
import { sumTo } from './sum-to.ts'

/** The last two axes swapped. */
function swapLast(x: Value): Value {
  const order = [...x.shape.keys()]
  const rank = order.length
  return transpose(x, [...order.slice(0, -2), rank - 1, rank - 2])
}

/**
 * The gradients of Y = A B, matrices with broadcast leading axes: dA = dY Bᵀ, dB = Aᵀ dY.
 * (onnxruntime makes one product of a transposition and the product behind it.)
 */
function matrixGradients(a: Value, b: Value, dy: Value): [da: Value, db: Value] {
  const da = sumTo(matmul(dy, swapLast(b)), a.shape)
  if (b.shape.length > 2) return [da, sumTo(matmul(swapLast(a), dy), b.shape)]
  // A weight shared by the whole batch: one product over all rows, not one each and a sum.
  const rows = sizeOf(a.shape.slice(0, -1))
  const flatA = reshape(a, [rows, a.shape.at(-1)!])
  const flatDy = reshape(dy, [rows, dy.shape.at(-1)!])
  return [da, gemm(flatA, flatDy, { transposeA: true })]
}

/** A vector counts as a row on the left, as a column on the right; the product lacks that axis. */
function productGradients(a: Value, b: Value, dy: Value): [da: Value, db: Value] {
  const [row, column] = [a.shape.length === 1, b.shape.length === 1]
  const missing = [...(row ? [-2] : []), ...(column ? [-1] : [])]
  const [da, db] = matrixGradients(
    row ? unsqueeze(a, [0]) : a,
    column ? unsqueeze(b, [1]) : b,
    missing.length === 0 ? dy : unsqueeze(dy, missing),
  )
  return [row ? reshape(da, a.shape) : da, column ? reshape(db, b.shape) : db]
}

/** Y = α A' B': onnxruntime's product of operands that may be transposed, which its optimizer makes. */
const fusedRule: GradientRule = (node, [dy]) => {
  const [a, b] = node.inputs as [Value, Value]
  const [orderA, orderB] = [fusedOrder(node, a, 'A'), fusedOrder(node, b, 'B')]
  const scaled = mul(dy!, floatOf(node.attributes, 'alpha', 1))
  const [da, db] = productGradients(transpose(a, orderA), transpose(b, orderB), scaled)
  return [transpose(da, inverse(orderA)), transpose(db, inverse(orderB))]
}

/** The order of axes in which an operand is taken: transBatch moves the first behind the batch. */
function fusedOrder({ attributes }: Node, x: Value, side: 'A' | 'B'): number[] {
  const rank = x.shape.length
  const has = (name: string): boolean => intOf(attributes, `${name}${side}`, 0) === 1
  const order = [...x.shape.keys()]
  if (has('transBatch')) order.splice(rank - 2, 0, ...order.splice(0, 1))
  if (has('trans') && rank > 1) order.push(...order.splice(rank - 2, 1))
  return order
}

const inverse = (order: readonly number[]): number[] => order.map((_, i) => order.indexOf(i))

/** Y = α A' B' + β C, A' and B' perhaps transposed. */
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
  MatMul: ({ inputs }, [dy]) => productGradients(inputs[0]!, inputs[1]!, dy!),
  Gemm: gemmRule,
  'com.microsoft.FusedMatMul': fusedRule,
}

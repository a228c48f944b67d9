import { shapeError } from '../../core/index.ts'
import { formatShape } from '../../tensor/index.ts'
import { float, int } from '../attribute.ts'
import { apply, type Value } from '../value.ts'
import { broadcastShape } from './broadcast.ts'

/**
 * Matrix product of the last two axes, leading axes broadcast. [..., M, K] × [..., K, N] → [..., M, N].
 * @throws Shape when the inner axes differ or an operand has fewer than two axes
 */
export function matmul(a: Value, b: Value): Value {
  if (a.shape.length < 2 || b.shape.length < 2 || a.shape.at(-1) !== b.shape.at(-2))
    throw shapeError(
      `MatMul: cannot multiply ${formatShape(a.shape)} by ${formatShape(b.shape)}; wanted [..., M, K] and [..., K, N]`,
    )
  const lead = broadcastShape('MatMul', a.shape.slice(0, -2), b.shape.slice(0, -2))
  return apply('MatMul', [a, b], {
    dtype: a.dtype,
    shape: [...lead, a.shape.at(-2)!, b.shape.at(-1)!],
  })
}

/** Options of {@link gemm}. */
export interface GemmOptions {
  readonly transposeA?: boolean
  readonly transposeB?: boolean
  /** Factor of the product. */
  readonly alpha?: number
  /** Added to every row, [N] or broadcastable to [M, N]. */
  readonly bias?: Value | undefined
}

/**
 * alpha · A B + bias on matrices, either transposed on the way in. [M, K] × [K, N] → [M, N].
 * @throws Shape when an operand is no matrix or the inner axes differ
 */
export function gemm(a: Value, b: Value, options: GemmOptions = {}): Value {
  const { transposeA = false, transposeB = false, alpha = 1, bias } = options
  const [m, k] = transposeA ? [a.shape[1], a.shape[0]] : [a.shape[0], a.shape[1]]
  const [inner, n] = transposeB ? [b.shape[1], b.shape[0]] : [b.shape[0], b.shape[1]]
  if (a.shape.length !== 2 || b.shape.length !== 2 || k !== inner)
    throw shapeError(
      `Gemm: cannot multiply ${formatShape(a.shape)}${transposeA ? 'ᵀ' : ''} by ${formatShape(b.shape)}${transposeB ? 'ᵀ' : ''}`,
    )
  const inputs = bias === undefined ? [a, b] : [a, b, bias]
  return apply(
    'Gemm',
    inputs,
    { dtype: a.dtype, shape: [m!, n!] },
    { transA: int(transposeA ? 1 : 0), transB: int(transposeB ? 1 : 0), alpha: float(alpha) },
  )
}

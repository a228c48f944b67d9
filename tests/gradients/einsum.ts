import * as onnx from '../../src/onnx/index.ts'
import type { Shape } from '../../src/tensor/index.ts'
import { type Case, type Family, smooth, type Values } from './case.ts'

const sum = (equation: string) => (values: Values) =>
  onnx.einsum(equation, ...Object.values(values))

/** An equation on operands of these shapes. */
const of = (equation: string, ...shapes: readonly Shape[]): Case => ({
  at: Object.fromEntries(shapes.map((shape, i) => [`x${i}`, smooth(...shape)])),
  of: sum(equation),
})

/** Proof of the rules in src/autodiff/einsum.ts. For tests only. */
export const einsum: Family = {
  cases: {
    Einsum: [
      of('ij,jk->ik', [2, 3], [3, 4]),
      of('bhqd,bhkd->bhqk', [1, 2, 3, 2], [1, 2, 4, 2]),
      // the implicit output, in alphabetical order
      of('cb,ba', [2, 3], [3, 4]),
      of('ba', [2, 3]),
      // sums, within one operand and of everything
      of('ij->j', [2, 3]),
      of('ij->', [2, 3]),
      of('i,i->', [3], [3]),
      of('ij,k->ik', [2, 3], [2]),
      of('ij,kl->', [2, 3], [2, 2]),
      // an outer product, a scalar, three operands
      of('i,j->ji', [2], [3]),
      of('i,->i', [3], []),
      of('ij,jk,k->i', [2, 3], [3, 4], [4]),
      of('i,i,ij->j', [2], [2], [2, 3]),
      // the ellipsis, and sizes of 1 that are broadcast
      of('...ij,...jk->...ik', [5, 2, 3], [1, 3, 2]),
      of('i...j, jk -> i...k', [2, 2, 3], [3, 2]),
      of('...i,...i', [2, 3], [2, 3]),
      of('ij,ij->ij', [3, 2], [1, 2]),
      of('ij,jk->ik', [2, 1], [3, 2]),
    ],
  },
  golden: {
    Einsum: sum('bqhd,bkhd->bhqk'),
    'Einsum of three': sum('ij,jk,ik->j'),
    'Einsum with an ellipsis': sum('...ij,jk->k...'),
  },
}

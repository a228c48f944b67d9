import { gemm } from '../operators/index.ts'
import { flag } from './attributes.ts'
import { type Call, operand } from './call.ts'
import { fusedInto } from './fused.ts'
import { plain, type Traced } from './layout.ts'

/** A product of two matrices, and what is fused into it. */
export function convertMatrixProduct(call: Call): Traced {
  const { asPlain } = call.layouts
  const { attr } = call.node
  const { bias, activate } = fusedInto(call, asPlain)
  const product = gemm(asPlain(operand(call, 0)), asPlain(operand(call, 1)), {
    transposeA: flag(attr, 'transpose_a'),
    transposeB: flag(attr, 'transpose_b'),
    bias,
  })
  return plain(activate(product))
}

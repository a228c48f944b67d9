import { gemm } from '../operators/index.ts'
import { applyFused } from './activations.ts'
import { flag, textsAttribute } from './attributes.ts'
import { type Call, operand } from './call.ts'
import { plain, type Traced } from './layout.ts'

/** A product of two matrices, and what is fused into it. */
export function convertMatrixProduct(call: Call): Traced {
  const { layouts, node } = call
  const fused = textsAttribute(node.attr, 'fused_ops')
  const biased = fused[0] === 'BiasAdd'
  const product = gemm(layouts.asPlain(operand(call, 0)), layouts.asPlain(operand(call, 1)), {
    transposeA: flag(node.attr, 'transpose_a'),
    transposeB: flag(node.attr, 'transpose_b'),
    bias: biased ? layouts.asPlain(operand(call, 2)) : undefined,
  })
  const activated = applyFused(call, product, {
    names: fused.slice(biased ? 1 : 0),
    next: biased ? 3 : 2,
    arrange: layouts.asPlain,
  })
  return plain(activated)
}

import { unsupportedOp } from '../../core/index.ts'
import { leakyRelu, pRelu } from '../operators/index.ts'
import type { Value } from '../value.ts'
import { activations, leakySlope } from './activations.ts'
import { textsAttribute } from './attributes.ts'
import { type Call, operand } from './call.ts'
import type { Traced } from './layout.ts'

/** What is fused into a product: a bias, and then activations. */
export interface Fused {
  readonly bias: Value | undefined
  /** Applies the activations to the product with its bias. */
  readonly activate: (product: Value) => Value
}

/**
 * Reads `fused_ops`, whose operands follow the two of the product.
 * @param arrange brings the operand of an activation to the layout of the product
 * @throws UnsupportedOp for what is not known
 */
export function fusedInto(call: Call, arrange: (operand: Traced) => Value): Fused {
  const fused = textsAttribute(call.node.attr, 'fused_ops')
  const biased = fused[0] === 'BiasAdd'
  return {
    bias: biased ? call.layouts.asPlain(operand(call, 2)) : undefined,
    activate(product) {
      let next = biased ? 3 : 2
      let x = product
      for (const name of biased ? fused.slice(1) : fused) {
        const activation = activations.get(name)
        if (activation !== undefined) x = activation(x)
        else if (name === 'LeakyRelu') x = leakyRelu(x, leakySlope(call, 'leakyrelu_alpha'))
        else if (name === 'Prelu') x = pRelu(x, arrange(operand(call, next++)))
        else throw unsupportedOp(`has ${name} fused into it, which is not read here`)
      }
      return x
    },
  }
}

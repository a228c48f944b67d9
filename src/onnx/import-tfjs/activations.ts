import { unsupportedOp } from '../../core/index.ts'
import { clip, elu, leakyRelu, pRelu, relu, sigmoid } from '../operators/index.ts'
import type { Value } from '../value.ts'
import { floatAttribute } from './attributes.ts'
import { type Call, operand } from './call.ts'
import type { Traced } from './layout.ts'

/** Functions of single numbers that stand alone or are fused into a product. */
export const activations: ReadonlyMap<string, (x: Value) => Value> = new Map([
  ['Relu', relu],
  ['Relu6', (x: Value) => clip(x, 0, 6)],
  ['Elu', (x: Value) => elu(x)],
  ['Sigmoid', sigmoid],
])

/**
 * Applies the activations that are fused into a node.
 * @param names as `fused_ops` has them, without the bias
 * @param next which input is the first operand of an activation
 * @param arrange brings an operand to the layout of the product
 * @throws UnsupportedOp for one that is not known
 */
export function applyFused(
  call: Call,
  product: Value,
  options: {
    readonly names: readonly string[]
    readonly next: number
    readonly arrange: (operand: Traced) => Value
  },
): Value {
  let { next } = options
  let x = product
  for (const name of options.names) {
    const activation = activations.get(name)
    if (activation !== undefined) x = activation(x)
    else if (name === 'LeakyRelu') x = leakyRelu(x, leakySlope(call, 'leakyrelu_alpha'))
    else if (name === 'Prelu') x = pRelu(x, options.arrange(operand(call, next++)))
    else throw unsupportedOp(`has ${name} fused into it, which is not read here`)
  }
  return x
}

/** The slope of a LeakyRelu below 0; TensorFlow's default is 0.2. */
export const leakySlope = (call: Call, attribute: string): number =>
  floatAttribute(call.node.attr, attribute, 0.2)

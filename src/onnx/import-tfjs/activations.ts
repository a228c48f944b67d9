import { clip, elu, relu, sigmoid } from '../operators/index.ts'
import type { Value } from '../value.ts'
import { floatAttribute } from './attributes.ts'
import type { Call } from './call.ts'

/** Functions of single numbers that stand alone or are fused into a product. */
export const activations: ReadonlyMap<string, (x: Value) => Value> = new Map([
  ['Relu', relu],
  ['Relu6', (x: Value) => clip(x, 0, 6)],
  ['Elu', (x: Value) => elu(x)],
  ['Sigmoid', sigmoid],
])

/** The slope of a LeakyRelu below 0; TensorFlow's default is 0.2. */
export const leakySlope = (call: Call, attribute: string): number =>
  floatAttribute(call.node.attr, attribute, 0.2)

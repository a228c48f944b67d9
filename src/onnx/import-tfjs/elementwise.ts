import {
  add,
  and,
  cast,
  div,
  equal,
  floor,
  leakyRelu,
  less,
  mod,
  mul,
  not,
  sub,
  xor,
} from '../operators/index.ts'
import type { Value } from '../value.ts'
import { leakySlope } from './activations.ts'
import { dtypeAttribute } from './attributes.ts'
import { assertChannelsLast, type Convert, operand } from './call.ts'
import { plain } from './layout.ts'

/** A function of each number of one tensor. */
export const convertUnary =
  (apply: (x: Value) => Value): Convert =>
  (call) => {
    const { value, channelsFirst } = operand(call, 0)
    return { value: apply(value), channelsFirst }
  }

/** A function of the numbers of two tensors, broadcast. */
export const convertBinary =
  (apply: (a: Value, b: Value) => Value): Convert =>
  (call) => {
    const [a, b] = [operand(call, 0), operand(call, 1)]
    const { asPicture, asPlain } = call.layouts
    const pictures = a.channelsFirst || b.channelsFirst
    const flat = Math.max(a.value.shape.length, b.value.shape.length) <= 4
    if (pictures && flat) return { value: apply(asPicture(a), asPicture(b)), channelsFirst: true }
    return plain(apply(asPlain(a), asPlain(b)))
  }

/** A bias for the last axis of TensorFlow.js. */
export const convertBiasAdd: Convert = (call) => {
  assertChannelsLast(call)
  return convertBinary(add)(call)
}

/** x, or a number times x below 0. */
export const convertLeakyRelu: Convert = (call) =>
  convertUnary((x) => leakyRelu(x, leakySlope(call, 'alpha')))(call)

/** Another dtype; floats are cut off towards 0. */
export const convertCast: Convert = (call) =>
  convertUnary((x) => cast(x, dtypeAttribute(call.node.attr, 'DstT')))(call)

/** (a − b)². */
export function squaredDifference(a: Value, b: Value): Value {
  const difference = sub(a, b)
  return mul(difference, difference)
}

/** ⌊a / b⌋: ONNX cuts the quotients of integers off towards 0. */
export function floorDiv(a: Value, b: Value): Value {
  const quotient = div(a, b)
  if (a.dtype === 'float32') return floor(quotient)
  const rest = mod(a, b)
  const crosses = and(not(equal(rest, 0)), xor(less(rest, 0), less(b, 0)))
  return sub(quotient, cast(crosses, a.dtype))
}

/** x itself. */
export const convertIdentity: Convert = (call) => operand(call, 0)

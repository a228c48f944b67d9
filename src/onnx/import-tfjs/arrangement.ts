import { invalidInput, shapeError } from '../../core/index.ts'
import { formatShape, tensor } from '../../tensor/index.ts'
import {
  cast,
  concat,
  gatherND,
  normalizeAxis,
  reshape,
  split,
  unsqueeze,
} from '../operators/index.ts'
import { constant, contentOf, type Value } from '../value.ts'
import { intAttribute, intsAttribute } from './attributes.ts'
import { type Call, numbersOf, operand } from './call.ts'
import { channelsFirstAxis, plain, type Traced, tfShape } from './layout.ts'

const mostParts = 1000

/** The same elements under another shape. */
export function convertReshape(call: Call): Traced {
  const x = call.layouts.asPlain(operand(call, 0))
  const wanted = numbersOf(call, 1)
  if (wanted.filter((size) => size === -1).length > 1 || wanted.some((size) => size < -1))
    throw invalidInput(`its shape is ${formatShape(wanted)}, wanted sizes, one of them -1 at most`)
  // 0 is a size in TensorFlow, in ONNX it keeps an axis
  if (wanted.includes(0)) throw shapeError(`its shape is ${formatShape(wanted)}, without elements`)
  return plain(reshape(x, wanted))
}

/** Without axes of size 1: those of `squeeze_dims`, or all. */
export function convertSqueeze(call: Call): Traced {
  const traced = operand(call, 0)
  const shape = tfShape(traced)
  const given = intsAttribute(call.node.attr, 'squeeze_dims')
  const axes = new Set(given.map((axis) => normalizeAxis('Squeeze', axis, shape.length)))
  const drops = (size: number, axis: number) => (axes.size === 0 ? size === 1 : axes.has(axis))
  if (shape.some((size, axis) => drops(size, axis) && size !== 1))
    throw shapeError(`axes ${given.join(', ')} of ${formatShape(shape)} are not all 1`)
  const rest = shape.filter((size, axis) => !drops(size, axis))
  return plain(reshape(call.layouts.asPlain(traced), rest))
}

/** One more axis of size 1. */
export function convertExpandDims(call: Call): Traced {
  const [axis = 0] = numbersOf(call, 1)
  return plain(unsqueeze(call.layouts.asPlain(operand(call, 0)), [axis]))
}

/** The sizes of the axes; here they are constants. */
export function convertShape(call: Call): Traced {
  return plain(int32s(tfShape(operand(call, 0))))
}

/** Tensors one after another along an axis, which is the last input. */
export function convertConcat(call: Call): Traced {
  const [axis = 0] = numbersOf(call, call.inputs.length - 1)
  const parts = call.inputs.slice(0, -1)
  const { asPicture, asPlain } = call.layouts
  if (parts.some(({ channelsFirst }) => channelsFirst)) {
    const along = channelsFirstAxis(normalizeAxis('ConcatV2', axis, 4))
    if (parts.some(({ value }) => value.shape.length !== 4))
      throw shapeError('its inputs have not all four axes')
    return { value: concat(parts.map(asPicture), along), channelsFirst: true }
  }
  return plain(concat(parts.map(asPlain), axis))
}

/** Tensors one after another along a new axis. */
export function convertPack(call: Call): Traced {
  const parts = call.inputs.map(call.layouts.asPlain)
  const rank = (parts[0]?.shape.length ?? 0) + 1
  const axis = normalizeAxis('Pack', intAttribute(call.node.attr, 'axis', 0), rank)
  const contents = parts.map(contentOf)
  const numbers = contents.flatMap((content) => (content === undefined ? [] : [Number(content[0])]))
  const sizes = parts.every(({ shape, dtype }) => shape.length === 0 && dtype === 'int32')
  if (sizes && numbers.length === parts.length) return plain(int32s(numbers))
  return plain(
    concat(
      parts.map((part) => unsqueeze(part, [axis])),
      axis,
    ),
  )
}

/** The slices of an axis, which is dropped. */
export function convertUnpack(call: Call): readonly Traced[] {
  const x = call.layouts.asPlain(operand(call, 0))
  const axis = normalizeAxis('Unpack', intAttribute(call.node.attr, 'axis', 0), x.shape.length)
  const rest = x.shape.filter((_, i) => i !== axis)
  if (x.shape[axis] === 1) return [plain(reshape(x, rest))]
  if (x.shape[axis]! > mostParts)
    throw shapeError(`would have ${x.shape[axis]} outputs, at most ${mostParts} are made`)
  const ones = Array.from({ length: x.shape[axis]! }, () => 1)
  return split(x, ones, axis).map((part) => plain(reshape(part, rest)))
}

/** The slices that tuples of indices name. */
export function convertGatherNd(call: Call): Traced {
  const { asPlain } = call.layouts
  const indices = cast(asPlain(operand(call, 1)), 'int64')
  return plain(gatherND(asPlain(operand(call, 0)), indices))
}

/** Sizes as a constant. */
const int32s = (numbers: readonly number[]): Value =>
  constant(tensor('int32', [numbers.length], Int32Array.from(numbers)))

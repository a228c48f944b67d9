import { invalidInput, shapeError, unsupportedOp } from '../../core/index.ts'
import { formatShape, type Tensor } from '../../tensor/index.ts'
import { reshape, type SliceRange, slice } from '../operators/index.ts'
import { constant, contentOf, type Value } from '../value.ts'
import { intAttribute } from './attributes.ts'
import { type Call, numbersOf, operand } from './call.ts'
import { plain, type Traced } from './layout.ts'

/** Ranges of the first axes; in the masks, bit i is about axis i. */
export function convertStridedSlice(call: Call): Traced {
  const { attr } = call.node
  const x = call.layouts.asPlain(operand(call, 0))
  const [begin, end, strides] = [numbersOf(call, 1), numbersOf(call, 2), numbersOf(call, 3)]
  const mask = (name: string) => intAttribute(attr, name, 0)
  for (const name of ['ellipsis_mask', 'new_axis_mask'])
    if (mask(name) !== 0) throw unsupportedOp(`its ${name} is ${mask(name)}; only 0 is read here`)
  const isSet = (name: string, axis: number) => ((mask(name) >> axis) & 1) === 1
  const axes = begin.length
  if (end.length !== axes || strides.length !== axes || axes > x.shape.length)
    throw shapeError(
      `has ${axes} begins, ${end.length} ends and ${strides.length} strides for ${formatShape(x.shape)}`,
    )
  const dropped = new Set<number>()
  const ranges = begin.map((given, axis): SliceRange => {
    const step = strides[axis]!
    if (step === 0) throw invalidInput('has a stride of 0')
    if (isSet('shrink_axis_mask', axis)) {
      dropped.add(axis)
      const size = x.shape[axis]!
      if (given < -size || given >= size)
        throw shapeError(`place ${given} lies outside axis ${axis} of ${formatShape(x.shape)}`)
      const start = given < 0 ? given + size : given
      return { axis, start, end: start + 1 }
    }
    const [first, last] = step > 0 ? [0, farEnd] : [-1, -farEnd]
    return {
      axis,
      step,
      start: isSet('begin_mask', axis) ? first : given,
      end: isSet('end_mask', axis) ? last : end[axis]!,
    }
  })
  return plain(sliced(x, ranges, dropped))
}

const farEnd = 2 ** 31 - 1

/** Of a list of known sizes a constant, so that shapes stay known. */
function sliced(x: Value, ranges: readonly SliceRange[], dropped: ReadonlySet<number>): Value {
  const cut = slice(x, ranges)
  const shape = cut.shape.filter((_, axis) => !dropped.has(axis))
  const content = contentOf(x)
  const [range] = ranges
  if (content === undefined || x.shape.length !== 1 || range === undefined)
    return dropped.size === 0 ? cut : reshape(cut, shape)
  const { start, step = 1 } = range
  const first = start < 0 ? start + content.length : Math.min(start, content.length - 1)
  const data = content.slice(0, cut.shape[0])
  for (let i = 0; i < data.length; i++) data[i] = content[first + i * step]!
  return constant({ dtype: x.dtype, shape, data } as Tensor)
}

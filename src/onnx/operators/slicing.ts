import { shapeError } from '../../core/index.ts'
import { formatShape } from '../../tensor/index.ts'
import { int, text } from '../attribute.ts'
import { apply, compute, integers, type Value } from '../value.ts'
import { normalizeAxis } from './broadcast.ts'
import { reshape } from './shape.ts'

/**
 * Several Values one after another along an axis.
 * @throws Shape when another axis differs
 */
export function concat(values: readonly Value[], axis: number): Value {
  const first = values[0]
  if (first === undefined) throw shapeError('Concat: no Values given, at least one is needed')
  const along = normalizeAxis('Concat', axis, first.shape.length)
  for (const value of values)
    if (
      value.shape.length !== first.shape.length ||
      value.shape.some((size, i) => i !== along && size !== first.shape[i])
    )
      throw shapeError(
        `Concat: ${formatShape(value.shape)} does not line up with ${formatShape(first.shape)} along axis ${along}`,
      )
  const total = values.reduce((sum, value) => sum + value.shape[along]!, 0)
  return apply(
    'Concat',
    values,
    { dtype: first.dtype, shape: first.shape.map((size, i) => (i === along ? total : size)) },
    { axis: int(along) },
  )
}

/** One range of a {@link slice}: from `start` up to `end` (not included) in steps. */
export interface SliceRange {
  readonly axis: number
  readonly start: number
  readonly end: number
  readonly step?: number
}

/** Ranges of some axes; a step of -1 reverses (end then lies before start, or below -size). */
export function slice(x: Value, ranges: readonly SliceRange[]): Value {
  const shape = [...x.shape]
  for (const { axis, start, end, step = 1 } of ranges) {
    const size = x.shape[normalizeAxis('Slice', axis, x.shape.length)]!
    const limited = (i: number, lowest: number, highest: number): number =>
      Math.min(Math.max(i < 0 ? i + size : i, lowest), highest)
    const [from, to] =
      step > 0
        ? [limited(start, 0, size), limited(end, 0, size)]
        : [limited(start, 0, size - 1), limited(end, -1, size - 1)]
    shape[normalizeAxis('Slice', axis, x.shape.length)] = Math.max(0, Math.ceil((to - from) / step))
  }
  return apply(
    'Slice',
    [
      x,
      integers(ranges.map((range) => range.start)),
      integers(ranges.map((range) => range.end)),
      integers(ranges.map((range) => range.axis)),
      integers(ranges.map((range) => range.step ?? 1)),
    ],
    { dtype: x.dtype, shape },
  )
}

/** What stands at one place of an axis, which is dropped. */
export function take(x: Value, place: number, axis = 0): Value {
  const rest = x.shape.filter((_, i) => i !== axis)
  if (x.shape[axis] === 1) return reshape(x, rest)
  return reshape(slice(x, [{ axis, start: place, end: place + 1 }]), rest)
}

/** What surrounds the axes: zeros, or copies of the outermost, the mirrored or the opposite elements. */
export type PadMode = 'constant' | 'edge' | 'reflect' | 'wrap'

/**
 * `before[i]` and `after[i]` more elements on axis i; negative ones are cut off.
 * @throws Shape when more is mirrored or wrapped around than there is (onnxruntime gets that wrong)
 */
export function pad(
  x: Value,
  before: readonly number[],
  after: readonly number[],
  mode: PadMode = 'constant',
): Value {
  x.shape.forEach((size, i) => {
    const reach = { constant: Infinity, edge: Infinity, reflect: size - 1, wrap: size }[mode]
    const left = reach + Math.min(before[i]!, 0) + Math.min(after[i]!, 0)
    if (before[i]! > left || after[i]! > left)
      throw shapeError(
        `Pad: ${before[i]} and ${after[i]} by ${mode} reach beyond axis ${i} of ${formatShape(x.shape)}`,
      )
  })
  const shape = x.shape.map((size, i) => size + before[i]! + after[i]!)
  const attributes = mode === 'constant' ? {} : { mode: text(mode) }
  return apply('Pad', [x, integers([...before, ...after])], { dtype: x.dtype, shape }, attributes)
}

/**
 * Cuts an axis into pieces of these sizes.
 * @throws Shape when the sizes do not add up to the axis
 */
export function split(x: Value, sizes: readonly number[], axis: number): Value[] {
  const along = normalizeAxis('Split', axis, x.shape.length)
  const total = sizes.reduce((sum, size) => sum + size, 0)
  if (total !== x.shape[along])
    throw shapeError(
      `Split: pieces of ${sizes.join(', ')} are ${total} together, axis ${along} of ${formatShape(x.shape)} has ${x.shape[along]}`,
    )
  return compute({
    op: 'Split',
    inputs: [x, integers(sizes)],
    attributes: { axis: int(along) },
    outputs: sizes.map((size) => ({
      dtype: x.dtype,
      shape: x.shape.map((whole, i) => (i === along ? size : whole)),
    })),
  })
}

/**
 * Whole copies of x one after another, so many along each axis.
 * @throws Shape when there is not one number of copies for each axis
 */
export function tile(x: Value, repeats: readonly number[]): Value {
  if (repeats.length !== x.shape.length)
    throw shapeError(
      `Tile: ${repeats.length} numbers of copies for ${formatShape(x.shape)}; give one for each axis`,
    )
  const shape = x.shape.map((size, i) => size * repeats[i]!)
  return apply('Tile', [x, integers(repeats)], { dtype: x.dtype, shape })
}

import { shapeError } from '../../core/index.ts'
import { formatShape, type Shape, sizeOf } from '../../tensor/index.ts'
import { int, ints } from '../attribute.ts'
import { apply, integers, type Value } from '../value.ts'
import { broadcastShape, normalizeAxis } from './broadcast.ts'

/**
 * The same elements under another shape; one axis may be -1. The batch stays free in a served
 * model when it is written as -1.
 * @throws Shape when the sizes differ
 */
export function reshape(x: Value, shape: Shape): Value {
  const known = sizeOf(shape.filter((axis) => axis !== -1))
  const solved = shape.map((axis) => (axis === -1 ? sizeOf(x.shape) / known : axis))
  if (sizeOf(solved) !== sizeOf(x.shape) || !solved.every(Number.isInteger))
    throw shapeError(`Reshape: ${formatShape(x.shape)} does not fit ${formatShape(shape)}`)
  return apply('Reshape', [x, integers(shape)], { dtype: x.dtype, shape: solved })
}

/** All axes from the second on in one. [N, ...] → [N, D]. */
export const flatten = (x: Value): Value =>
  apply(
    'Flatten',
    [x],
    { dtype: x.dtype, shape: [x.shape[0] ?? 1, sizeOf(x.shape.slice(1))] },
    { axis: int(1) },
  )

/**
 * Axes in another order; default: reversed.
 * @throws Shape when the order is no permutation
 */
export function transpose(x: Value, order?: readonly number[]): Value {
  const permutation = order ?? x.shape.map((_, i) => x.shape.length - 1 - i)
  if (new Set(permutation).size !== x.shape.length || permutation.length !== x.shape.length)
    throw shapeError(
      `Transpose: [${permutation.join(', ')}] is no order of ${formatShape(x.shape)}`,
    )
  const shape = permutation.map((i) => x.shape[normalizeAxis('Transpose', i, x.shape.length)]!)
  return apply('Transpose', [x], { dtype: x.dtype, shape }, { perm: ints(permutation) })
}

/** Repeats axes of size 1 until the shape is this one. */
export const expand = (x: Value, shape: Shape): Value =>
  apply('Expand', [x, integers(shape)], {
    dtype: x.dtype,
    shape: broadcastShape('Expand', x.shape, shape),
  })

/** New axes of size 1 at these places of the result. */
export function unsqueeze(x: Value, axes: readonly number[]): Value {
  const rank = x.shape.length + axes.length
  const places = new Set(axes.map((axis) => normalizeAxis('Unsqueeze', axis, rank)))
  let next = 0
  const shape = Array.from({ length: rank }, (_, i) => (places.has(i) ? 1 : x.shape[next++]!))
  return apply('Unsqueeze', [x, integers(axes)], { dtype: x.dtype, shape })
}

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

/** Zeros around the axes: `before[i]` and `after[i]` more elements on axis i. */
export const pad = (x: Value, before: readonly number[], after: readonly number[]): Value =>
  apply('Pad', [x, integers([...before, ...after])], {
    dtype: x.dtype,
    shape: x.shape.map((size, i) => size + before[i]! + after[i]!),
  })

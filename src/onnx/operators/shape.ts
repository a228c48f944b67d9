import { shapeError } from '../../core/index.ts'
import {
  allocate,
  formatShape,
  type Shape,
  sizeOf,
  type Tensor,
  tensor,
} from '../../tensor/index.ts'
import { int, ints } from '../attribute.ts'
import { apply, compute, constant, integers, type Value } from '../value.ts'
import { broadcastShape, normalizeAxis } from './broadcast.ts'

/**
 * The same elements under another shape; one axis may be -1, and an axis that is 0 stays as it was.
 * Axes written so may have any size in a served model.
 * @throws Shape when the sizes differ
 */
export function reshape(x: Value, shape: Shape): Value {
  const kept = shape.map((axis, i) => (axis === 0 ? (x.shape[i] ?? 0) : axis))
  const known = sizeOf(kept.filter((axis) => axis !== -1))
  const solved = kept.map((axis) => (axis === -1 ? sizeOf(x.shape) / known : axis))
  if (sizeOf(solved) !== sizeOf(x.shape) || !solved.every(Number.isInteger))
    throw shapeError(`Reshape: ${formatShape(x.shape)} does not fit ${formatShape(shape)}`)
  return apply('Reshape', [x, integers(shape)], { dtype: x.dtype, shape: solved })
}

/** The sizes of the axes as [rank] integers, whatever they are in a served model. */
export const shapeOf = (x: Value): Value =>
  compute({
    op: 'Shape',
    inputs: [x],
    outputs: [{ dtype: 'int64', shape: [x.shape.length] }],
    known: [BigInt64Array.from(x.shape, BigInt)],
  })[0]!

/** The elements of x under the shape of another Value, whatever that is in a served model. */
export function reshapeLike(x: Value, other: Value): Value {
  if (sizeOf(x.shape) !== sizeOf(other.shape))
    throw shapeError(`Reshape: ${formatShape(x.shape)} does not fit ${formatShape(other.shape)}`)
  return apply('Reshape', [x, shapeOf(other)], { dtype: x.dtype, shape: other.shape })
}

/**
 * The axes before one and those from it on, each in one; by default [N, ...] → [N, D].
 * @throws Shape when there is no such axis
 */
export function flatten(x: Value, axis = 1): Value {
  const rank = x.shape.length
  // the end is a place to cut at too, so the axis may be the rank itself
  const place = axis === rank ? rank : normalizeAxis('Flatten', axis, rank)
  const shape = [sizeOf(x.shape.slice(0, place)), sizeOf(x.shape.slice(place))]
  return apply('Flatten', [x], { dtype: x.dtype, shape }, { axis: int(place) })
}

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
export function expand(x: Value, shape: Shape): Value {
  const { dtype } = x
  const wide = broadcastShape('Expand', x.shape, shape)
  // onnxruntime's optimizer may take one that becomes none for one that stays
  if (sizeOf(wide) === 0)
    return constant({ dtype, shape: wide, data: allocate(dtype, 0) } as Tensor)
  return apply('Expand', [x, integers(shape)], { dtype, shape: wide })
}

/** New axes of size 1 at these places of the result. */
export function unsqueeze(x: Value, axes: readonly number[]): Value {
  const rank = x.shape.length + axes.length
  const places = new Set(axes.map((axis) => normalizeAxis('Unsqueeze', axis, rank)))
  let next = 0
  const shape = Array.from({ length: rank }, (_, i) => (places.has(i) ? 1 : x.shape[next++]!))
  return apply('Unsqueeze', [x, integers(axes)], { dtype: x.dtype, shape })
}

/** Which half of its matrices {@link trilu} keeps. */
export interface TriluOptions {
  /** Whether it is what lies on the diagonal and above, or on it and below. */
  readonly upper: boolean
  /** Which diagonal: 0 is the main one, 1 the next above, -1 the next below. */
  readonly diagonal?: number
}

/** The upper or lower triangle of the last two axes, 0 elsewhere. [..., M, N] → the same. */
export function trilu(x: Value, { upper, diagonal = 0 }: TriluOptions): Value {
  if (x.shape.length < 2)
    throw shapeError(`Trilu: the input has shape ${formatShape(x.shape)}, it must be [..., M, N]`)
  const k = constant(tensor('int64', [], BigInt64Array.of(BigInt(diagonal))))
  return apply('Trilu', [x, k], x, { upper: int(upper ? 1 : 0) })
}

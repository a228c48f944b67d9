import { shapeError } from '../../core/index.ts'
import { formatShape, sameShape } from '../../tensor/index.ts'
import { int, text } from '../attribute.ts'
import { apply, type Value } from '../value.ts'
import { normalizeAxis } from './broadcast.ts'

/**
 * The slices of an axis that integer indices name, in their order; negative ones count from the
 * end. [..., V, ...] with indices [I...] → [..., I..., ...]; axis 0 of a table [V, D] is an embedding.
 */
export function gather(x: Value, indices: Value, axis = 0): Value {
  const along = normalizeAxis('Gather', axis, x.shape.length)
  const shape = [...x.shape.slice(0, along), ...indices.shape, ...x.shape.slice(along + 1)]
  return apply('Gather', [x, indices], { dtype: x.dtype, shape }, { axis: int(along) })
}

/** y[i, j, ...] = x[indices[i, j, ...], j, ...] for axis 0. The shape is that of the indices. */
export function gatherElements(x: Value, indices: Value, axis: number): Value {
  const along = fittingAxis('GatherElements', [x, indices, axis])
  const described = { dtype: x.dtype, shape: indices.shape }
  return apply('GatherElements', [x, indices], described, { axis: int(along) })
}

/** Whether an update replaces what was there or is added to it. */
export type ScatterReduction = 'none' | 'add'

/** How {@link scatterElements} writes. */
export interface ScatterOptions {
  readonly axis: number
  /** Default `none`: the update replaces the element, and no place may be named twice. */
  readonly reduction?: ScatterReduction
}

/** x, with y[indices[i, j, ...], j, ...] = (or +=) updates[i, j, ...] for axis 0. */
export function scatterElements(
  x: Value,
  [indices, updates]: readonly [indices: Value, updates: Value],
  { axis, reduction = 'none' }: ScatterOptions,
): Value {
  const along = fittingAxis('ScatterElements', [x, indices, axis])
  if (!sameShape(indices.shape, updates.shape))
    throw shapeError(
      `ScatterElements: indices ${formatShape(indices.shape)} and updates ${formatShape(updates.shape)} must have one shape`,
    )
  return apply('ScatterElements', [x, indices, updates], x, {
    axis: int(along),
    reduction: text(reduction),
  })
}

function fittingAxis(op: string, [x, indices, axis]: readonly [Value, Value, number]): number {
  const along = normalizeAxis(op, axis, x.shape.length)
  const fits = indices.shape.every((size, i) => i === along || size <= x.shape[i]!)
  if (indices.shape.length !== x.shape.length || !fits)
    throw shapeError(
      `${op}: indices ${formatShape(indices.shape)} do not fit ${formatShape(x.shape)} along axis ${along}`,
    )
  return along
}

/**
 * The slices that tuples of indices name. x [B..., X...] with indices [B..., I..., q] →
 * [B..., I..., X[q:]...], where B are the leading `batchAxes` axes.
 * @throws Shape when there are more indices in a tuple than axes, or the batches differ
 */
export function gatherND(x: Value, indices: Value, batchAxes = 0): Value {
  const tuple = indices.shape.at(-1) ?? 0
  const [batch, own] = [x.shape.slice(0, batchAxes), indices.shape.slice(0, batchAxes)]
  if (tuple < 1 || batchAxes + tuple > x.shape.length || !sameShape(batch, own))
    throw shapeError(
      `GatherND: indices ${formatShape(indices.shape)} do not fit ${formatShape(x.shape)} with ${batchAxes} axes of batch`,
    )
  const shape = [...indices.shape.slice(0, -1), ...x.shape.slice(batchAxes + tuple)]
  return apply('GatherND', [x, indices], { dtype: x.dtype, shape }, { batch_dims: int(batchAxes) })
}

/**
 * x with the slices that tuples of indices name replaced. x [X...], indices [I..., q], updates
 * [I..., X[q:]...] → the shape of x. No place may be named twice: onnxruntime writes on several threads.
 * @throws Shape when the updates have another shape
 */
export function scatterND(
  x: Value,
  [indices, updates]: readonly [indices: Value, updates: Value],
): Value {
  const tuple = indices.shape.at(-1) ?? 0
  const wanted = [...indices.shape.slice(0, -1), ...x.shape.slice(tuple)]
  if (tuple < 1 || tuple > x.shape.length || !sameShape(updates.shape, wanted))
    throw shapeError(
      `ScatterND: updates ${formatShape(updates.shape)} with indices ${formatShape(indices.shape)} do not fit ${formatShape(x.shape)}; wanted ${formatShape(wanted)}`,
    )
  return apply('ScatterND', [x, indices, updates], x)
}

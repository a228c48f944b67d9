import { shapeError } from '../../core/index.ts'
import { formatShape } from '../../tensor/index.ts'
import { int } from '../attribute.ts'
import { apply, compute, integers, type Value } from '../value.ts'
import { normalizeAxis } from './broadcast.ts'

/** How {@link cumSum} runs. */
export interface CumSumOptions {
  readonly axis: number
  /** Each element itself is left out: the first sum is 0. */
  readonly exclusive?: boolean
  /** From the end to the front. */
  readonly reverse?: boolean
}

/** The sums of everything up to each element along an axis. The shape is that of x. */
export function cumSum(x: Value, options: CumSumOptions): Value {
  const { exclusive = false, reverse = false } = options
  const axis = integers([normalizeAxis('CumSum', options.axis, x.shape.length)])
  return apply('CumSum', [x, axis], x, {
    exclusive: int(exclusive ? 1 : 0),
    reverse: int(reverse ? 1 : 0),
  })
}

/** What {@link topK} takes. */
export interface TopKOptions {
  /** Default: the last. */
  readonly axis?: number
  /** Which end: the largest (the default) or the smallest. */
  readonly largest?: boolean
}

/**
 * The k largest elements along an axis and where they are, the largest first. [..., N, ...] → [..., k, ...],
 * indices int64.
 * @throws Shape when there are fewer than k
 */
export function topK(
  x: Value,
  k: number,
  { axis = -1, largest = true }: TopKOptions = {},
): { readonly values: Value; readonly indices: Value } {
  const along = normalizeAxis('TopK', axis, x.shape.length)
  if (!Number.isInteger(k) || k < 0 || k > (x.shape[along] ?? 0))
    throw shapeError(
      `TopK: k is ${k}, axis ${axis} of ${formatShape(x.shape)} must have at least as many elements`,
    )
  const shape = x.shape.map((size, i) => (i === along ? k : size))
  const [values, indices] = compute({
    op: 'TopK',
    inputs: [x, integers([k])],
    attributes: { axis: int(along), largest: int(largest ? 1 : 0) },
    outputs: [
      { dtype: x.dtype, shape },
      { dtype: 'int64', shape },
    ],
  })
  return { values: values!, indices: indices! }
}

/** What {@link argMax} and {@link argMin} take. */
export interface ArgOptions {
  readonly axis: number
  readonly keepAxis?: boolean
}

function arg(op: string, x: Value, { axis, keepAxis = false }: ArgOptions): Value {
  const along = normalizeAxis(op, axis, x.shape.length)
  const shape = x.shape.flatMap((size, i) => (i === along ? (keepAxis ? [1] : []) : [size]))
  const attributes = { axis: int(along), keepdims: int(keepAxis ? 1 : 0) }
  return apply(op, [x], { dtype: 'int64', shape }, attributes)
}

/** Where the maximum along an axis is, as int64; of equal ones the first. */
export const argMax = (x: Value, options: ArgOptions): Value => arg('ArgMax', x, options)
/** Where the minimum along an axis is, as int64; of equal ones the first. */
export const argMin = (x: Value, options: ArgOptions): Value => arg('ArgMin', x, options)

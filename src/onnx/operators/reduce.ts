import { int } from '../attribute.ts'
import { apply, integers, type Value } from '../value.ts'
import { normalizeAxis } from './broadcast.ts'

/** Which axes a reduction goes over and whether they stay as 1. */
export interface ReduceOptions {
  /** Default: all axes. */
  readonly axes?: readonly number[]
  readonly keepAxes?: boolean
}

/** Reductions of a single number to another one. */
const changing: ReadonlySet<string> = new Set([
  'ReduceL1',
  'ReduceL2',
  'ReduceSumSquare',
  'ReduceLogSum',
])

function reduce(op: string, x: Value, { axes, keepAxes = false }: ReduceOptions): Value {
  const rank = x.shape.length
  const over = new Set(
    axes === undefined
      ? x.shape.map((_, i) => i)
      : axes.map((axis) => normalizeAxis(op, axis, rank)),
  )
  if (over.size === 0 && !changing.has(op)) return x
  const shape = x.shape.flatMap((axis, i) => (over.has(i) ? (keepAxes ? [1] : []) : [axis]))
  const sorted = [...over].sort((a, b) => a - b)
  return apply(
    op,
    [x, integers(sorted)],
    { dtype: x.dtype, shape },
    // ONNX would else take no axes for all of them
    { keepdims: int(keepAxes ? 1 : 0), noop_with_empty_axes: int(over.size === 0 ? 1 : 0) },
  )
}

/** Σ over axes. */
export const reduceSum = (x: Value, options: ReduceOptions = {}): Value =>
  reduce('ReduceSum', x, options)
/** Mean over axes. */
export const reduceMean = (x: Value, options: ReduceOptions = {}): Value =>
  reduce('ReduceMean', x, options)
/** Maximum over axes. */
export const reduceMax = (x: Value, options: ReduceOptions = {}): Value =>
  reduce('ReduceMax', x, options)
/** Minimum over axes. */
export const reduceMin = (x: Value, options: ReduceOptions = {}): Value =>
  reduce('ReduceMin', x, options)
/** Product over axes. */
export const reduceProd = (x: Value, options: ReduceOptions = {}): Value =>
  reduce('ReduceProd', x, options)
/** Σ |x| over axes. */
export const reduceL1 = (x: Value, options: ReduceOptions = {}): Value =>
  reduce('ReduceL1', x, options)
/** √Σ x² over axes. */
export const reduceL2 = (x: Value, options: ReduceOptions = {}): Value =>
  reduce('ReduceL2', x, options)
/** Σ x² over axes. */
export const reduceSumSquare = (x: Value, options: ReduceOptions = {}): Value =>
  reduce('ReduceSumSquare', x, options)
/** ln Σ x over axes. */
export const reduceLogSum = (x: Value, options: ReduceOptions = {}): Value =>
  reduce('ReduceLogSum', x, options)
/** ln Σ eˣ over axes, safe for large x. */
export const reduceLogSumExp = (x: Value, options: ReduceOptions = {}): Value =>
  reduce('ReduceLogSumExp', x, options)

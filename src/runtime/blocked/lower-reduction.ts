import {
  apply,
  int,
  integers,
  intOf,
  type Node,
  normalizeAxis,
  reshape,
  type Value,
} from '../../onnx/index.ts'
import { sizeOf } from '../../tensor/index.ts'
import type { Layout } from './layout.ts'
import type { Places } from './places.ts'

/** Reductions of which one over several axes is one over some of them and then over the others. */
export const reductions: ReadonlySet<string> = new Set([
  'ReduceSum',
  'ReduceMean',
  'ReduceMax',
  'ReduceMin',
])

/**
 * A reduction of a blocked Value to a plain one: over everything, over all of each picture, or over the
 * places of each channel and perhaps the batch; undefined for others. Two steps of a kind that
 * onnxruntime has fast loops for take less time than one over axes that lie apart.
 */
export function lowerReduction(node: Node, layout: Layout, places: Places): Value | undefined {
  const [x, axes] = node.inputs
  const [output] = node.outputs as [Value]
  if (x == null || x.dtype !== 'float32' || (axes != null && axes.kind !== 'constant'))
    return undefined
  if (intOf(node.attributes, 'noop_with_empty_axes', 0) === 1) return undefined
  const given = axes == null ? [] : Array.from(axes.data as BigInt64Array, Number)
  const over = new Set(given.map((axis) => normalizeAxis(node.op, axis, x.shape.length)))
  const [n, c, h, w] = x.shape as [number, number, number, number]
  const reduce = (value: Value, shape: readonly number[], axis: number): Value => {
    const left = shape.filter((_, i) => i !== axis)
    return apply(
      node.op,
      [reshape(value, shape), integers([axis])],
      { dtype: x.dtype, shape: left },
      { keepdims: int(0) },
    )
  }
  const blocked = places.in(layout, x)
  const whole = over.size === 0 || over.size === 4
  if (whole) return reshape(reduce(blocked, [1, sizeOf(x.shape)], 1), output.shape)
  if (layout !== 'channels' || !over.has(2) || !over.has(3)) return undefined
  if (over.has(1))
    return over.has(0) ? undefined : reshape(reduce(blocked, [n, c * h * w], 1), output.shape)
  const { block } = places
  const perPicture = reduce(blocked, [(n * c) / block, h * w, block], 1)
  const found = over.has(0) ? reduce(perPicture, [n, c], 0) : perPicture
  return reshape(found, output.shape)
}

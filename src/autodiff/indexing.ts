import {
  expand,
  type GradientRule,
  intOf,
  like,
  normalizeAxis,
  pad,
  reshape,
  scatterElements,
  type Value,
} from '../onnx/index.ts'
import { type Shape, sizeOf } from '../tensor/index.ts'

/**
 * Slices of a gradient added to those of zeros that indices name, repeated ones more than once.
 * [..., K, ...] with indices [K] → [..., V, ...]
 *
 * By ScatterElements: onnxruntime runs it on one thread, about 2 ns an element. ScatterND adds
 * several slices at once and loses some where indices repeat.
 */
function scatterAlong(dy: Value, indices: Value, axis: number, shape: Shape): Value {
  const lead = sizeOf(shape.slice(0, axis))
  const rest = sizeOf(shape.slice(axis + 1))
  const count = sizeOf(indices.shape)
  const each = expand(reshape(indices, [1, count, 1]), [lead, count, rest])
  const zeros = expand(like(0, dy), [lead, shape[axis]!, rest])
  const updates = reshape(dy, [lead, count, rest])
  return reshape(scatterElements(zeros, [each, updates], { axis: 1, reduction: 'add' }), shape)
}

const gatherRule: GradientRule = (node, [dy]) => {
  const [x, indices] = [node.inputs[0]!, node.inputs[1]!]
  const axis = normalizeAxis('Gather', intOf(node.attributes, 'axis', 0), x.shape.length)
  const start = firstOfRange(indices, x.shape[axis]!)
  if (start === undefined) return [scatterAlong(dy!, indices, axis, x.shape)]
  const count = sizeOf(indices.shape)
  const around = (size: number): number[] => x.shape.map((_, i) => (i === axis ? size : 0))
  const taken = reshape(
    dy!,
    x.shape.map((size, i) => (i === axis ? count : size)),
  )
  return [pad(taken, around(start), around(x.shape[axis]! - start - count))]
}

/** Where indices that are constant and follow one another start. */
function firstOfRange(indices: Value, size: number): number | undefined {
  if (indices.kind !== 'constant' || indices.data.length === 0) return undefined
  const places = Array.from(indices.data, Number).map((i) => (i < 0 ? i + size : i))
  return places.every((place, i) => place === places[0]! + i) ? places[0] : undefined
}

/** Rules of operators that look elements up. */
export const indexingRules: Readonly<Record<string, GradientRule>> = {
  Gather: gatherRule,
}

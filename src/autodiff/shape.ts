import { unsupportedOp } from '../core/index.ts'
import {
  type GradientRule,
  intOf,
  intsOf,
  type Node,
  normalizeAxis,
  pad,
  reshape,
  slice,
  textOf,
  transpose,
} from '../onnx/index.ts'
import { sumTo } from './sum-to.ts'

/** The gradient back in the shape of the input. */
const reshaped: GradientRule = (node, [dy]) => [reshape(dy!, node.inputs[0]!.shape)]

const transposeRule: GradientRule = (node, [dy]) => {
  const rank = dy!.shape.length
  const order = intsOf(
    node.attributes,
    'perm',
    Array.from({ length: rank }, (_, i) => rank - 1 - i),
  )
  return [
    transpose(
      dy!,
      order.map((_, i) => order.indexOf(i)),
    ),
  ]
}

const concatRule: GradientRule = (node, [dy]) => {
  const axis = normalizeAxis('Concat', intOf(node.attributes, 'axis', 0), dy!.shape.length)
  let start = 0
  return node.inputs.map((part) => {
    const end = start + part!.shape[axis]!
    const gradient = slice(dy!, [{ axis, start, end }])
    start = end
    return gradient
  })
}

/** Zeros back around what a slice took; steps other than 1 have no rule yet. */
const sliceRule: GradientRule = (node, [dy]) => {
  const x = node.inputs[0]!
  const before = x.shape.map(() => 0)
  const [starts, , axes, steps] = node.inputs
    .slice(1)
    .map((value, i) => (value === null ? undefined : integersOf(node, i + 1)))
  starts!.forEach((start, i) => {
    if ((steps?.[i] ?? 1) !== 1)
      throw unsupportedOp(
        `Slice: a step of ${steps![i]} has no gradient rule yet; slice in steps of 1`,
      )
    const axis = normalizeAxis('Slice', axes?.[i] ?? i, x.shape.length)
    before[axis] = Math.max(0, Math.min(start < 0 ? start + x.shape[axis]! : start, x.shape[axis]!))
  })
  const after = x.shape.map((size, i) => size - before[i]! - dy!.shape[i]!)
  return [pad(dy!, before, after)]
}

const padRule: GradientRule = (node, [dy]) => {
  const x = node.inputs[0]!
  const before = integersOf(node, 1)
  const mode = textOf(node.attributes, 'mode', 'constant')
  if (mode !== 'constant' || node.inputs[3] != null || before.some((size) => size < 0))
    throw unsupportedOp(
      'Pad: only padding of all axes with a constant has a gradient rule (no other mode, no axes input, nothing cut off)',
    )
  return [
    slice(
      dy!,
      x.shape.map((size, axis) => ({ axis, start: before[axis]!, end: before[axis]! + size })),
    ),
  ]
}

function integersOf(node: Node, place: number): number[] {
  const value = node.inputs[place]
  if (value?.kind !== 'constant')
    throw unsupportedOp(`${node.op}: input ${place} must be a constant to be differentiated`)
  return Array.from(value.data as BigInt64Array, Number)
}

/** Rules of operators that move elements without changing them. */
export const shapeRules: Readonly<Record<string, GradientRule>> = {
  Reshape: reshaped,
  Flatten: reshaped,
  Unsqueeze: reshaped,
  Squeeze: reshaped,
  Transpose: transposeRule,
  Expand: (node, [dy]) => [sumTo(dy!, node.inputs[0]!.shape)],
  Concat: concatRule,
  Slice: sliceRule,
  Pad: padRule,
}

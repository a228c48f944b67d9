import {
  concat,
  expand,
  type GradientRule,
  intOf,
  like,
  type Node,
  normalizeAxis,
  pad,
  reduceSum,
  reshape,
  slice,
  type Value,
} from '../onnx/index.ts'
import { constantIntegers } from './constant-input.ts'
import { padRule } from './padding.ts'

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

/** The pieces together again, zeros where nobody used one. */
const splitRule: GradientRule = (node, gradients) => {
  const x = node.inputs[0]!
  const axis = normalizeAxis('Split', intOf(node.attributes, 'axis', 0), x.shape.length)
  const used = gradients.find((gradient) => gradient !== undefined)!
  const pieces = gradients.map((gradient, i) => {
    const size = gradient?.shape[axis] ?? pieceSize(node, i, x.shape[axis]!)
    const shape = x.shape.map((whole, j) => (j === axis ? size : whole))
    return gradient ?? expand(like(0, used), shape)
  })
  return [concat(pieces, axis)]
}

/** How long a piece of a Split is: as given, or an equal share of which the last gets what is left. */
function pieceSize(node: Node, place: number, whole: number): number {
  const sizes = constantIntegers(node, 1)
  if (sizes !== undefined) return sizes[place]!
  const share = Math.ceil(whole / intOf(node.attributes, 'num_outputs', node.outputs.length))
  return Math.min(share, whole - place * share)
}

/** Zeros back between and around what a slice took. */
const sliceRule: GradientRule = (node, [dy]) => {
  const x = node.inputs[0]!
  const starts = constantIntegers(node, 1)!
  const axes = constantIntegers(node, 3) ?? [...starts.keys()]
  const steps = constantIntegers(node, 4) ?? starts.map(() => 1)
  const before = x.shape.map(() => 0)
  let spread = dy!
  axes.forEach((given, i) => {
    const axis = normalizeAxis('Slice', given, x.shape.length)
    const [size, count, step] = [x.shape[axis]!, dy!.shape[axis]!, steps[i]!]
    const start = starts[i]! < 0 ? starts[i]! + size : starts[i]!
    if (step > 0) before[axis] = Math.min(Math.max(start, 0), size)
    else {
      const first = Math.min(Math.max(start, 0), size - 1)
      before[axis] = count === 0 ? 0 : first + (count - 1) * step
      spread = slice(spread, [{ axis, start: -1, end: Number.MIN_SAFE_INTEGER, step: -1 }])
    }
    spread = dilate(spread, axis, Math.abs(step))
  })
  // the zeros after the last element may reach beyond the end: then the pad is negative and cuts
  const after = x.shape.map((size, i) => size - before[i]! - spread.shape[i]!)
  return [pad(spread, before, after)]
}

/** step − 1 zeros after each element of an axis. */
function dilate(x: Value, axis: number, step: number): Value {
  if (step === 1) return x
  const [lead, rest] = [x.shape.slice(0, axis + 1), x.shape.slice(axis + 1)]
  const apart = reshape(x, [...lead, 1, ...rest])
  const before = apart.shape.map(() => 0)
  const spread = pad(
    apart,
    before,
    before.map((_, i) => (i === axis + 1 ? step - 1 : 0)),
  )
  return reshape(spread, [...lead.slice(0, -1), x.shape[axis]! * step, ...rest])
}

/** The sum over all copies. */
const tileRule: GradientRule = (node, [dy]) => {
  const x = node.inputs[0]!
  const copies = dy!.shape.map((size, i) => size / Math.max(x.shape[i]!, 1))
  const apart = x.shape.flatMap((size, i) => (copies[i] === 1 ? [size] : [copies[i]!, size]))
  let place = 0
  const axes = copies.flatMap((count) => {
    const own = place
    place += count === 1 ? 1 : 2
    return count === 1 ? [] : [own]
  })
  return [reduceSum(reshape(dy!, apart), { axes })]
}

/** Rules of operators that cut arrays and put them together. */
export const slicingRules: Readonly<Record<string, GradientRule>> = {
  Concat: concatRule,
  Split: splitRule,
  Slice: sliceRule,
  Pad: padRule,
  Tile: tileRule,
}

import { unsupportedOp } from '../core/index.ts'
import {
  expand,
  type GradientRule,
  integers,
  like,
  mul,
  type Node,
  normalizeAxis,
  pad,
  sub,
  textOf,
  type Value,
} from '../onnx/index.ts'
import { constantIntegers } from './constant-input.ts'
import { scatterAlong } from './scatter-along.ts'
import { sumTo } from './sum-to.ts'

/** Elements before and after each axis; negative ones are cut off. */
interface Pads {
  readonly before: readonly number[]
  readonly after: readonly number[]
}

function padsOf(node: Node): Pads {
  const rank = node.inputs[0]!.shape.length
  const pads = constantIntegers(node, 1)!
  const axes = constantIntegers(node, 3) ?? Array.from({ length: rank }, (_, i) => i)
  const [before, after] = [new Array<number>(rank).fill(0), new Array<number>(rank).fill(0)]
  axes.forEach((axis, i) => {
    before[normalizeAxis('Pad', axis, rank)] = pads[i]!
    after[normalizeAxis('Pad', axis, rank)] = pads[axes.length + i]!
  })
  return { before, after }
}

/** What lies behind the other way round: what was added is cut off, what was cut off is zero. */
const constantRule: GradientRule = (node, [dy]) => {
  const [x, , value] = node.inputs
  const { before, after } = padsOf(node)
  const negative = (sizes: readonly number[]): number[] =>
    sizes.map((size) => (size === 0 ? 0 : -size))
  const dx = pad(dy!, negative(before), negative(after))
  if (value == null) return [dx]
  const inside = pad(expand(like(1, dy!), x!.shape), before, after)
  return [dx, undefined, sumTo(mul(dy!, sub(1, inside)), value.shape)]
}

/** Where an element of a padded axis comes from, in the axis after what was cut off. */
const sources: Readonly<Record<string, (place: number, size: number) => number>> = {
  edge: (place, size) => Math.min(Math.max(place, 0), size - 1),
  reflect: (place, size) => (place < 0 ? -place : place < size ? place : 2 * (size - 1) - place),
  wrap: (place, size) => ((place % size) + size) % size,
}

/** Every copy of an element added to it, axis by axis. */
const copyRule: GradientRule = (node, [dy]) => {
  const x = node.inputs[0]!
  const mode = textOf(node.attributes, 'mode', 'constant')
  const source = sources[mode]
  if (source === undefined) throw unsupportedOp(`Pad: mode ${mode} has no gradient rule`)
  const { before, after } = padsOf(node)
  let gradient: Value = dy!
  x.shape.forEach((size, axis) => {
    if (before[axis] === 0 && after[axis] === 0) return
    const cut = Math.max(-before[axis]!, 0)
    const left = size - cut - Math.max(-after[axis]!, 0)
    if (mode === 'wrap' && before[axis]! > left)
      throw unsupportedOp(
        `Pad: wrapping ${before[axis]} elements around an axis of ${left} is computed wrongly by onnxruntime; wrap in several steps`,
      )
    const places = Array.from(
      { length: gradient.shape[axis]! },
      (_, i) => cut + source(i - Math.max(before[axis]!, 0), left),
    )
    const shape = gradient.shape.map((old, i) => (i === axis ? size : old))
    gradient = scatterAlong({ slices: gradient, places: integers(places), axis, shape })
  })
  return [gradient]
}

/** The gradient of Pad in any mode. */
export const padRule: GradientRule = (node, gradients) =>
  textOf(node.attributes, 'mode', 'constant') === 'constant'
    ? constantRule(node, gradients)
    : copyRule(node, gradients)

import { unsupportedOp } from '../core/index.ts'
import {
  add,
  compute,
  contentOf,
  expand,
  type GradientRule,
  gatherElements,
  gatherND,
  integers,
  intOf,
  less,
  like,
  mul,
  type Node,
  normalizeAxis,
  reduceSum,
  reshape,
  scatterElements,
  scatterND,
  textOf,
  type Value,
  where,
} from '../onnx/index.ts'
import { type Shape, sizeOf } from '../tensor/index.ts'
import { scatterAlong } from './scatter-along.ts'
import { scatterRows } from './scatter-rows.ts'

const axisOf = (node: Node, otherwise: number): number =>
  normalizeAxis(node.op, intOf(node.attributes, 'axis', otherwise), node.inputs[0]!.shape.length)

const gatherRule: GradientRule = (node, [dy]) => {
  const [x, places] = [node.inputs[0]!, node.inputs[1]!]
  return [scatterAlong({ slices: dy!, places, axis: axisOf(node, 0), shape: x.shape })]
}

const gatherElementsRule: GradientRule = (node, [dy]) => {
  const [x, indices] = [node.inputs[0]!, node.inputs[1]!]
  const zeros = expand(like(0, dy!), x.shape)
  return [scatterElements(zeros, [indices, dy!], { axis: axisOf(node, 0), reduction: 'add' })]
}

/** Tuples of indices as places in their axes taken for one, where repeated ones can be added up. */
const gatherNDRule: GradientRule = (node, [dy]) => {
  const [x, indices] = [node.inputs[0]!, node.inputs[1]!]
  const batchAxes = intOf(node.attributes, 'batch_dims', 0)
  const indexed = x.shape.slice(batchAxes, batchAxes + indices.shape.at(-1)!)
  const batch = sizeOf(x.shape.slice(0, batchAxes))
  const count = sizeOf(indices.shape.slice(batchAxes, -1))
  const rest = sizeOf(x.shape.slice(batchAxes + indexed.length))
  const strides = indexed.map((_, i) => sizeOf(indexed.slice(i + 1)))
  const fromFront = where(less(indices, 0), add(indices, integers(indexed)), indices)
  const places = reduceSum(mul(fromFront, integers(strides)), { axes: [-1] })
  return [
    scatterRows({
      rows: reshape(dy!, [batch, count, rest]),
      places: reshape(places, [batch, count, 1]),
      shape: x.shape,
      size: sizeOf(indexed),
    }),
  ]
}

/** Whether what is scattered is added to what was there, not put in its place. */
function adds(node: Node): boolean {
  const reduction = textOf(node.attributes, 'reduction', 'none')
  if (reduction === 'none' || reduction === 'add') return reduction === 'add'
  throw unsupportedOp(
    `${node.op}: reduction ${reduction} has no gradient rule; only none and add have one`,
  )
}

const scatterElementsRule: GradientRule = (node, [dy]) => {
  const [, indices, updates] = node.inputs as [Value, Value, Value]
  const axis = axisOf(node, 0)
  const taken = gatherElements(dy!, indices, axis)
  if (adds(node)) return [dy, undefined, taken]
  const zeros = expand(like(0, dy!), updates.shape)
  return [scatterElements(dy!, [indices, zeros], { axis }), undefined, taken]
}

const scatterNDRule: GradientRule = (node, [dy]) => {
  const [, indices, updates] = node.inputs as [Value, Value, Value]
  const taken = gatherND(dy!, indices)
  if (adds(node)) return [dy, undefined, taken]
  const zeros = expand(like(0, dy!), updates.shape)
  return [scatterND(dy!, [indices, zeros]), undefined, taken]
}

/** What a condition that is known lets through is looked up: a Gather of places. */
const compressRule: GradientRule = (node, [dy]) => {
  const [x, condition] = [node.inputs[0]!, node.inputs[1]!]
  const known = contentOf(condition)
  if (known === undefined)
    throw unsupportedOp(
      'Compress: its condition must be a constant to be differentiated; use Where for one that is computed',
    )
  const kept = Array.from<number | bigint, number>(known, Number).flatMap((keep, i) =>
    keep === 0 ? [] : [i],
  )
  const whole: Shape = node.attributes.axis === undefined ? [sizeOf(x.shape)] : x.shape
  const axis = node.attributes.axis === undefined ? 0 : axisOf(node, 0)
  const sum = scatterAlong({ slices: dy!, places: integers(kept), axis, shape: whole })
  return [reshape(sum, x.shape)]
}

/** Reversing again brings everything back. */
const reverseSequenceRule: GradientRule = ({ op, inputs, attributes }, [dy]) =>
  compute({ op, inputs: [dy!, inputs[1]!], attributes, outputs: [dy!] })

/** Rules of operators that look elements up or put them in their place. */
export const indexingRules: Readonly<Record<string, GradientRule>> = {
  Gather: gatherRule,
  GatherElements: gatherElementsRule,
  GatherND: gatherNDRule,
  ScatterElements: scatterElementsRule,
  ScatterND: scatterNDRule,
  Compress: compressRule,
  ReverseSequence: reverseSequenceRule,
}

import {
  add,
  apply,
  cast,
  div,
  elements,
  equal,
  exp,
  expand,
  type GradientRule,
  greater,
  int,
  intOf,
  mul,
  type Node,
  neg,
  reduceProd,
  reduceSum,
  reshape,
  sub,
  type Value,
  where,
} from '../onnx/index.ts'
import { constantIntegers } from './constant-input.ts'
import { slopes } from './step.ts'
import { topKRule } from './top-k.ts'

/** A reduced Value with its lost axes back as 1. */
function withAxes(node: Node, reduced: Value): Value {
  const x = node.inputs[0]!
  const axes = reducedAxes(node)
  return reshape(
    reduced,
    x.shape.map((size, i) => (axes.has(i) ? 1 : size)),
  )
}

function reducedAxes(node: Node): ReadonlySet<number> {
  const x = node.inputs[0]!
  const axes = constantIntegers(node, 1) ?? []
  if (axes.length === 0)
    return new Set(intOf(node.attributes, 'noop_with_empty_axes', 0) === 1 ? [] : x.shape.keys())
  return new Set(axes.map((axis) => (axis + x.shape.length) % x.shape.length))
}

/** Equal extremes share the gradient. */
const extremeRule: GradientRule = (node, [dy]) => {
  const x = node.inputs[0]!
  const isExtreme = cast(equal(x, withAxes(node, node.outputs[0]!)), x.dtype)
  const ties = sumOver(node, isExtreme)
  return [mul(isExtreme, div(withAxes(node, dy!), ties))]
}

/** dx = x dy / y, which is 0 where all x are 0. */
const l2Rule: GradientRule = (node, [dy]) => {
  const length = node.outputs[0]!
  const share = div(dy!, where(greater(length, 0), length, 1))
  return [mul(node.inputs[0]!, withAxes(node, share))]
}

/**
 * dx = dy times the product of all others: with the zeros taken for ones, the product over x, but 0
 * where a zero is among the others.
 */
const productRule: GradientRule = (node, [dy]) => {
  const x = node.inputs[0]!
  const isZero = cast(equal(x, 0), x.dtype)
  const factors = add(x, isZero)
  const othersHaveNone = cast(equal(isZero, sumOver(node, isZero)), x.dtype)
  return [mul(div(mul(withAxes(node, dy!), productOver(node, factors)), factors), othersHaveNone)]
}

const sumOver = (node: Node, x: Value): Value =>
  reduceSum(x, { axes: [...reducedAxes(node)], keepAxes: true })
const productOver = (node: Node, x: Value): Value =>
  reduceProd(x, { axes: [...reducedAxes(node)], keepAxes: true })

/** A rule that takes y and dy with their axes back, to broadcast against x. */
const broadcast =
  (partial: (place: { x: Value; y: Value; dy: Value }) => Value): GradientRule =>
  (node, [dy]) => {
    const x = node.inputs[0]!
    const y = withAxes(node, node.outputs[0]!)
    return [partial({ x, y, dy: withAxes(node, dy!) })]
  }

/** The sums of what comes after each element, or before it where the sums run backwards. */
const cumSumRule: GradientRule = (node, [dy]) => {
  const reverse = intOf(node.attributes, 'reverse', 0) === 0
  const attributes = { ...node.attributes, reverse: int(reverse ? 1 : 0) }
  return [apply('CumSum', [dy!, node.inputs[1]!], dy!, attributes)]
}

/** Rules of reductions, and of what runs along one axis. */
export const reductionRules: Readonly<Record<string, GradientRule>> = {
  ReduceSum: broadcast(({ x, dy }) => expand(dy, x.shape)),
  ReduceMean: broadcast(({ x, y, dy }) => expand(mul(dy, elements(y) / elements(x)), x.shape)),
  ReduceMax: extremeRule,
  ReduceMin: extremeRule,
  ReduceProd: productRule,
  ReduceL1: broadcast(({ x, dy }) => mul(dy, slopes(x, -1, 1))),
  ReduceL2: l2Rule,
  ReduceSumSquare: broadcast(({ x, dy }) => mul(mul(dy, 2), x)),
  // dy / Σ x
  ReduceLogSum: broadcast(({ x, y, dy }) => expand(mul(dy, exp(neg(y))), x.shape)),
  ReduceLogSumExp: broadcast(({ x, y, dy }) => mul(dy, exp(sub(x, y)))),
  CumSum: cumSumRule,
  TopK: topKRule,
}

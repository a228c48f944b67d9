import {
  cast,
  div,
  equal,
  exp,
  expand,
  type GradientRule,
  greater,
  intOf,
  mul,
  type Node,
  reduceSum,
  reshape,
  sub,
  type Value,
  where,
} from '../onnx/index.ts'
import { sizeOf } from '../tensor/index.ts'
import { constantIntegers } from './constant-input.ts'

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

const extremeRule: GradientRule = (node, [dy]) => {
  const x = node.inputs[0]!
  const isExtreme = cast(equal(x, withAxes(node, node.outputs[0]!)), x.dtype)
  const ties = reduceSum(isExtreme, { axes: [...reducedAxes(node)], keepAxes: true })
  return [mul(isExtreme, div(withAxes(node, dy!), ties))]
}

/** dx = x dy / y, which is 0 where all x are 0. */
const l2Rule: GradientRule = (node, [dy]) => {
  const length = node.outputs[0]!
  const share = div(dy!, where(greater(length, 0), length, 1))
  return [mul(node.inputs[0]!, withAxes(node, share))]
}

/** dx = e^(x − y) dy */
const logSumExpRule: GradientRule = (node, [dy]) => {
  const shares = exp(sub(node.inputs[0]!, withAxes(node, node.outputs[0]!)))
  return [mul(shares, withAxes(node, dy!))]
}

/** Rules of reductions; equal extremes share the gradient. */
export const reductionRules: Readonly<Record<string, GradientRule>> = {
  ReduceSum: (node, [dy]) => [expand(withAxes(node, dy!), node.inputs[0]!.shape)],
  ReduceMean: (node, [dy]) => {
    const { shape } = node.inputs[0]!
    const count = sizeOf(shape) / sizeOf(node.outputs[0]!.shape)
    return [expand(mul(withAxes(node, dy!), 1 / count), shape)]
  },
  ReduceMax: extremeRule,
  ReduceMin: extremeRule,
  ReduceL2: l2Rule,
  ReduceLogSumExp: logSumExpRule,
}

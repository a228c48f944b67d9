import {
  exp,
  type GradientRule,
  intOf,
  mul,
  type Node,
  reduceSum,
  sub,
  type Value,
} from '../onnx/index.ts'

/** Σ along the axis of a softmax, which stays as 1. */
const sumAlong = (node: Node, x: Value): Value =>
  reduceSum(x, { axes: [intOf(node.attributes, 'axis', -1)], keepAxes: true })

/** Rules of the softmax and its logarithm. */
export const softmaxRules: Readonly<Record<string, GradientRule>> = {
  // dx = y · (dy − Σ dy · y)
  Softmax: (node, [dy]) => {
    const y = node.outputs[0]!
    return [mul(y, sub(dy!, sumAlong(node, mul(dy!, y))))]
  },
  LogSoftmax: (node, [dy]) => [sub(dy!, mul(exp(node.outputs[0]!), sumAlong(node, dy!)))],
}

import { unsupportedOp } from '../core/index.ts'
import {
  expand,
  type GradientRule,
  intOf,
  like,
  normalizeAxis,
  scatterElements,
} from '../onnx/index.ts'

/** The gradients of the values go back to where they were taken from; the indices have none. */
export const topKRule: GradientRule = (node, [dy]) => {
  const x = node.inputs[0]!
  const indices = node.outputs[1]
  if (indices?.dtype !== 'int64')
    throw unsupportedOp('TopK: without its indices as an output it has no gradient rule; name them')
  const axis = normalizeAxis('TopK', intOf(node.attributes, 'axis', -1), x.shape.length)
  return [scatterElements(expand(like(0, x), x.shape), [indices, dy!], { axis })]
}

import { unsupportedOp } from '../core/index.ts'
import { contentOf, type Node } from '../onnx/index.ts'

/**
 * The integers that an input of a node holds; undefined where it is left out.
 * @throws UnsupportedOp when they are computed, so that the shape of the gradient is not known
 */
export function constantIntegers(node: Node, place: number): readonly number[] | undefined {
  const value = node.inputs[place]
  if (value == null) return undefined
  const content = contentOf(value)
  if (content === undefined)
    throw unsupportedOp(`${node.op}: input ${place} must be a constant to be differentiated`)
  return Array.from(content, Number)
}

import { intOf, intsOf } from './attribute.ts'
import { slice } from './operators/slicing.ts'
import { rewriteNodes } from './rewrite-nodes.ts'
import { type Node, reapply, type Value } from './value.ts'

/**
 * The same outputs with every pool cut to its own shape where ONNX infers a larger one.
 *
 * A pool to the ceiling leaves out a window that would begin behind the picture. onnxruntime's kernels
 * do so, but up to operator set 21 the inference of shapes counts that window, and then refuses
 * whatever follows as not fitting.
 */
export const cutPools = (
  outputs: Readonly<Record<string, Value>>,
): Readonly<Record<string, Value>> =>
  rewriteNodes(outputs, (node, inputs) => {
    const ranges = miscounted(node).map((axis) => ({
      axis,
      start: 0,
      end: node.outputs[0]!.shape[axis]!,
    }))
    return ranges.length === 0
      ? undefined
      : reapply(node, inputs).map((output) => slice(output, ranges))
  })

/** The axes along which a window more is inferred than there is. */
function miscounted({ inputs, outputs, attributes }: Node): number[] {
  if (intOf(attributes, 'ceil_mode', 0) === 0 || attributes.auto_pad !== undefined) return []
  const kernel = intsOf(attributes, 'kernel_shape', [])
  const pads = intsOf(attributes, 'pads', [])
  return kernel.flatMap((length, i) => {
    const axis = i + 2
    const reach = (intsOf(attributes, 'dilations', [])[i] ?? 1) * (length - 1) + 1
    const padded = inputs[0]!.shape[axis]! + (pads[i] ?? 0) + (pads[i + kernel.length] ?? 0)
    const stride = intsOf(attributes, 'strides', [])[i] ?? 1
    return Math.ceil((padded - reach) / stride) + 1 > outputs[0]!.shape[axis]! ? [axis] : []
  })
}

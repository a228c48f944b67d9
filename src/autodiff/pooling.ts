import { unsupportedOp } from '../core/index.ts'
import {
  cast,
  div,
  equal,
  expand,
  type GradientRule,
  intOf,
  intsOf,
  mul,
  pad,
  reduceSum,
  reshape,
  slice,
  windowOf,
} from '../onnx/index.ts'
import { sameShape, sizeOf } from '../tensor/index.ts'

/**
 * Max pooling whose windows do not overlap: the gradient goes to the places that equal the
 * maximum, in equal parts where several do.
 */
const maxPoolRule: GradientRule = (node, [dy]) => {
  const x = node.inputs[0]!
  const y = node.outputs[0]!
  const [kernelH = 1, kernelW = 1] = intsOf(node.attributes, 'kernel_shape', [])
  const { strides, pads, dilations } = windowOf(node)
  if (x.shape.length !== 4 || intOf(node.attributes, 'ceil_mode', 0) === 1)
    throw unsupportedOp(
      'MaxPool: only two-dimensional windows that lie inside the picture have a gradient rule',
    )
  const [n, c, h, w] = x.shape as [number, number, number, number]
  const [, , outH, outW] = y.shape as [number, number, number, number]
  const apart = sameShape(strides, [kernelH, kernelW]) && dilations.every((size) => size === 1)
  if (!apart || pads.some((size) => size > 0))
    throw unsupportedOp(
      `MaxPool: window ${kernelH}x${kernelW} with strides ${strides.join('x')} and pads ${pads.join(',')} has no gradient rule yet; use windows that do not overlap and no padding`,
    )
  const covered = slice(x, [
    { axis: 2, start: 0, end: outH * kernelH },
    { axis: 3, start: 0, end: outW * kernelW },
  ])
  const blocks = reshape(covered, [n, c, outH, kernelH, outW, kernelW])
  const single = [n, c, outH, 1, outW, 1]
  const isMax = cast(equal(blocks, reshape(y, single)), x.dtype)
  const ties = reduceSum(isMax, { axes: [3, 5], keepAxes: true })
  const spread = reshape(mul(isMax, div(reshape(dy!, single), ties)), covered.shape)
  return [pad(spread, [0, 0, 0, 0], [0, 0, h - outH * kernelH, w - outW * kernelW])]
}

/** Rules of pooling. */
export const poolingRules: Readonly<Record<string, GradientRule>> = {
  MaxPool: maxPoolRule,
  GlobalAveragePool: (node, [dy]) => {
    const { shape } = node.inputs[0]!
    return [expand(mul(dy!, 1 / sizeOf(shape.slice(2))), shape)]
  },
}

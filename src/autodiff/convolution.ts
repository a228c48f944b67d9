import { unsupportedOp } from '../core/index.ts'
import {
  compositeDomain,
  compute,
  conv,
  convTranspose,
  type Expansion,
  type GradientRule,
  int,
  intOf,
  slice,
  transpose,
  type Value,
  windowAttributes,
  windowOf,
} from '../onnx/index.ts'
import { channelSums } from './channels.ts'
import { type Convolution, weightGradient } from './convolution-weight.ts'

/**
 * Y = X ⋆ W + b: the gradients of input, weight and bias. The first two are composites, so that the
 * runtime can compute them in another way where the processor has one.
 */
const convRule: GradientRule = (node, [dy]) => {
  if (dy!.shape.length !== 4)
    throw unsupportedOp(
      `Conv: only two dimensions have a gradient rule, this one has ${dy!.shape.length - 2}`,
    )
  const [x, weight] = [node.inputs[0]!, node.inputs[1]!]
  const groups = intOf(node.attributes, 'group', 1)
  const window = windowOf(node)
  const attributes = { ...windowAttributes(window), group: int(groups) }
  const composite = (op: string, inputs: readonly [Value, Value], like: Value, of: Expansion) =>
    compute({ op, domain: compositeDomain, inputs, attributes, outputs: [like], expansion: of })[0]
  return [
    composite('ConvInputGradient', [dy!, weight], x, ([dy, weight]) => [
      inputGradient({ ...window, x, weight: weight!, dy: dy!, groups }),
    ]),
    composite('ConvWeightGradient', [x, dy!], weight, ([x, dy]) => [
      weightGradient({ ...window, x: x!, weight, dy: dy!, groups }),
    ]),
    channelSums(dy!),
  ]
}

/**
 * dX: for stride 1 a convolution of dY with the weights turned by 180° (onnxruntime is up to three
 * times faster at it than at the transposed convolution), else the transposed convolution.
 */
function inputGradient({ x, weight, dy, strides, pads, dilations, groups }: Convolution): Value {
  const reach = [0, 1].map((axis) => dilations[axis]! * (weight.shape[axis + 2]! - 1))
  const [top, left, bottom, right] = pads
  const needed = [reach[0]! - top, reach[1]! - left, reach[0]! - bottom, reach[1]! - right] as const
  if (groups === 1 && strides[0] === 1 && strides[1] === 1 && needed.every((n) => n >= 0)) {
    const turned = [2, 3].map((axis) => ({ axis, start: -1, end: -1_000_000, step: -1 }))
    const swapped = transpose(slice(weight, turned), [1, 0, 2, 3])
    return conv(dy, swapped, { pads: needed, dilations })
  }
  const outputPadding = [0, 1].map((axis) => leftOver({ x, dy, strides, pads, reach }, axis))
  return convTranspose(dy, weight, {
    strides,
    pads,
    dilations,
    groups,
    outputPadding: [outputPadding[0]!, outputPadding[1]!],
  })
}

/** Rows (axis 0) or columns (axis 1) at the end that no window of the forward pass reached. */
function leftOver(
  {
    x,
    dy,
    strides,
    pads,
    reach,
  }: Pick<Convolution, 'x' | 'dy' | 'strides' | 'pads'> & {
    reach: readonly number[]
  },
  axis: number,
): number {
  const covered = (dy.shape[axis + 2]! - 1) * strides[axis]! + reach[axis]! + 1
  return x.shape[axis + 2]! + pads[axis]! + pads[axis + 2]! - covered
}

/** Rules of convolutions. */
export const convolutionRules: Readonly<Record<string, GradientRule>> = {
  Conv: convRule,
}

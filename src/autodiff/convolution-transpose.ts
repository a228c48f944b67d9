import { unsupportedOp } from '../core/index.ts'
import { conv, type GradientRule, intOf, windowOf } from '../onnx/index.ts'
import { channelSums } from './channels.ts'
import { weightGradient } from './convolution-weight.ts'
import { orOneDimensional } from './one-dimensional.ts'

/**
 * Y is the adjoint of a convolution, applied to X: dX is that convolution of dY, and dW that of the
 * convolution with dY for its input and X for the gradient of its output.
 */
const convTransposeRule: GradientRule = (node, [gradient]) => {
  const [x, weight, dy] = [node.inputs[0]!, node.inputs[1]!, gradient!]
  if (dy.shape.length !== 4)
    throw unsupportedOp(
      `ConvTranspose: only one and two dimensions have a gradient rule, this one has ${dy.shape.length - 2}`,
    )
  if (node.attributes.output_shape !== undefined)
    throw unsupportedOp(
      'ConvTranspose: output_shape is not read here; write pads and output_padding as numbers',
    )
  const window = { ...windowOf(node), groups: intOf(node.attributes, 'group', 1) }
  return [
    conv(dy, weight, window),
    weightGradient({ ...window, x: dy, weight, dy: x }),
    channelSums(dy),
  ]
}

/** Rules of transposed convolutions. */
export const convolutionTransposeRules: Readonly<Record<string, GradientRule>> = {
  ConvTranspose: orOneDimensional(convTransposeRule),
}

import { shapeError, unsupportedOp } from '../../core/index.ts'
import { formatShape } from '../../tensor/index.ts'
import { type Attributes, int, ints, intsOf, textOf } from '../attribute.ts'
import { apply, type Node, type Value } from '../value.ts'

/** The geometry of a sliding window over [N, C, H, W]; pairs are [height, width]. */
export interface Window {
  readonly strides?: readonly [number, number]
  /** Zeros at the top, left, bottom and right. */
  readonly pads?: readonly [number, number, number, number]
  readonly dilations?: readonly [number, number]
}

/** Geometry of a convolution. */
export interface ConvOptions extends Window {
  /** Channels are cut into this many groups that do not see each other. */
  readonly groups?: number
  /** [O] */
  readonly bias?: Value
}

/**
 * Two-dimensional cross-correlation. [N, C, H, W] with weight [O, C / groups, kH, kW] → [N, O, H', W'].
 * @throws Shape when channels or groups disagree or the kernel is larger than the padded picture
 */
export function conv(x: Value, weight: Value, options: ConvOptions = {}): Value {
  const { strides = [1, 1], pads = [0, 0, 0, 0], dilations = [1, 1], groups = 1, bias } = options
  const [n, c, h, w] = x.shape
  const [o, perGroup, kernelH, kernelW] = weight.shape
  if (x.shape.length !== 4 || weight.shape.length !== 4 || c !== perGroup! * groups || o! % groups)
    throw shapeError(
      `Conv: input ${formatShape(x.shape)} and weight ${formatShape(weight.shape)} with ${groups} groups do not fit; wanted [N, C, H, W] and [O, C / groups, kH, kW]`,
    )
  const outH = windowed(h! + pads[0] + pads[2], kernelH!, strides[0], dilations[0])
  const outW = windowed(w! + pads[1] + pads[3], kernelW!, strides[1], dilations[1])
  return apply(
    'Conv',
    bias === undefined ? [x, weight] : [x, weight, bias],
    { dtype: x.dtype, shape: [n!, o!, outH, outW] },
    {
      ...windowAttributes({ strides, pads, dilations }),
      kernel_shape: ints([kernelH!, kernelW!]),
      group: int(groups),
    },
  )
}

/** Geometry of a transposed convolution. */
export interface ConvTransposeOptions extends Window {
  readonly groups?: number
  /** [C] */
  readonly bias?: Value
  /** Rows and columns that the forward convolution's stride left over. */
  readonly outputPadding?: readonly [number, number]
}

/**
 * Transposed convolution, the adjoint of {@link conv} in its input.
 * [N, O, H', W'] with weight [O, C / groups, kH, kW] → [N, C, H, W].
 * @throws Shape when channels or groups disagree
 */
export function convTranspose(x: Value, weight: Value, options: ConvTransposeOptions = {}): Value {
  const { strides = [1, 1], pads = [0, 0, 0, 0], dilations = [1, 1], groups = 1 } = options
  const { outputPadding = [0, 0], bias } = options
  const [n, o, h, w] = x.shape
  const [inputs, perGroup, kernelH, kernelW] = weight.shape
  if (x.shape.length !== 4 || weight.shape.length !== 4 || o !== inputs || o! % groups)
    throw shapeError(
      `ConvTranspose: input ${formatShape(x.shape)} and weight ${formatShape(weight.shape)} with ${groups} groups do not fit; wanted [N, O, H, W] and [O, C / groups, kH, kW]`,
    )
  const grown = (size: number, kernel: number, axis: 0 | 1): number =>
    (size - 1) * strides[axis] +
    dilations[axis] * (kernel - 1) +
    1 +
    outputPadding[axis] -
    pads[axis] -
    pads[axis === 0 ? 2 : 3]
  return apply(
    'ConvTranspose',
    bias === undefined ? [x, weight] : [x, weight, bias],
    {
      dtype: x.dtype,
      shape: [n!, perGroup! * groups, grown(h!, kernelH!, 0), grown(w!, kernelW!, 1)],
    },
    {
      ...windowAttributes({ strides, pads, dilations }),
      kernel_shape: ints([kernelH!, kernelW!]),
      group: int(groups),
      output_padding: ints(outputPadding),
    },
  )
}

/**
 * The window that a node was built with.
 * @throws UnsupportedOp when it leaves the padding to the runtime (auto_pad)
 */
export function windowOf(node: Node): Required<Window> {
  const auto = textOf(node.attributes, 'auto_pad', 'NOTSET')
  if (auto !== 'NOTSET' && auto !== 'VALID')
    throw unsupportedOp(`${node.op}: auto_pad ${auto} is not read here; write its pads as numbers`)
  const [top = 0, left = 0, bottom = 0, right = 0] = intsOf(node.attributes, 'pads', [])
  return {
    strides: pair(intsOf(node.attributes, 'strides', [1, 1])),
    dilations: pair(intsOf(node.attributes, 'dilations', [1, 1])),
    pads: [top, left, bottom, right],
  }
}

const pair = ([height = 1, width = 1]: readonly number[]): [number, number] => [height, width]

/** A window as attributes of a node. */
export function windowAttributes({ strides, pads, dilations }: Required<Window>): Attributes {
  return { strides: ints(strides), pads: ints(pads), dilations: ints(dilations) }
}

function windowed(size: number, kernel: number, stride: number, dilation: number): number {
  return Math.floor((size - dilation * (kernel - 1) - 1) / stride) + 1
}

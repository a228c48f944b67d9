import { unsupportedOp } from '../core/index.ts'
import {
  concat,
  conv,
  convTranspose,
  type GradientRule,
  intOf,
  matmul,
  pad,
  reduceSum,
  reshape,
  slice,
  transpose,
  type Value,
  type Window,
  windowOf,
} from '../onnx/index.ts'

interface Convolution extends Required<Window> {
  readonly x: Value
  readonly weight: Value
  readonly dy: Value
  readonly groups: number
}

/** Y = X ⋆ W + b: the gradients of input, weight and bias. */
const convRule: GradientRule = (node, [dy]) => {
  if (dy!.shape.length !== 4)
    throw unsupportedOp(
      `Conv: only two dimensions have a gradient rule, this one has ${dy!.shape.length - 2}`,
    )
  const place: Convolution = {
    ...windowOf(node),
    x: node.inputs[0]!,
    weight: node.inputs[1]!,
    dy: dy!,
    groups: intOf(node.attributes, 'group', 1),
  }
  return [inputGradient(place), weightGradient(place), reduceSum(dy!, { axes: [0, 2, 3] })]
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

/**
 * dW as matrix products: the input cut into its kernel's shifts (im2col) against dY, for each
 * picture, summed over the batch. Two to five times faster in onnxruntime than the convolution of
 * the transposed input with a kernel as large as dY.
 */
function weightGradient(place: Convolution): Value {
  const { x, weight, dy, groups } = place
  const [n, c] = [x.shape[0]!, x.shape[1]!]
  const [o, perGroup, kernelH, kernelW] = weight.shape as [number, number, number, number]
  const places = dy.shape[2]! * dy.shape[3]!
  const taps = kernelH * kernelW
  // [N, taps, C, P] with the taps outermost, so that each shift is one contiguous block
  const shifts = kernelShifts(place).map((shift) => reshape(shift, [n, 1, c, places]))
  const columns = shifts.length === 1 ? shifts[0]! : concat(shifts, 1)
  if (groups === 1) {
    const product = matmul(
      reshape(dy, [n, o, places]),
      transpose(reshape(columns, [n, taps * c, places]), [0, 2, 1]),
    )
    const summed = reduceSum(product, { axes: [0] })
    return transpose(reshape(summed, [o, kernelH, kernelW, c]), [0, 3, 1, 2])
  }
  if (c !== perGroup * groups) throw unsupportedOp('Conv: its groups do not divide its channels')
  // [N, G, O/G, P] × [N, G, P, taps · C/G]
  const grouped = transpose(reshape(columns, [n, taps, groups, perGroup, places]), [0, 2, 4, 1, 3])
  const product = matmul(
    reshape(dy, [n, groups, o / groups, places]),
    reshape(grouped, [n, groups, places, taps * perGroup]),
  )
  const summed = reduceSum(product, { axes: [0] })
  return transpose(reshape(summed, [o, kernelH, kernelW, perGroup]), [0, 3, 1, 2])
}

/** What each element of the kernel sees: kH · kW Values of [N, C, H', W'], row by row. */
function kernelShifts({ x, weight, dy, strides, pads, dilations }: Convolution): Value[] {
  const [, , kernelH, kernelW] = weight.shape as [number, number, number, number]
  const [, , outH, outW] = dy.shape as [number, number, number, number]
  const [top, left, bottom, right] = pads
  const padded = pads.some((n) => n > 0) ? pad(x, [0, 0, top, left], [0, 0, bottom, right]) : x
  const shifts: Value[] = []
  for (let i = 0; i < kernelH; i++)
    for (let j = 0; j < kernelW; j++) {
      const range = (axis: 0 | 1, tap: number, size: number) => ({
        axis: axis + 2,
        start: tap * dilations[axis],
        end: tap * dilations[axis] + (size - 1) * strides[axis] + 1,
        step: strides[axis],
      })
      const whole = padded.shape[2] === outH && padded.shape[3] === outW && kernelH * kernelW === 1
      shifts.push(whole ? padded : slice(padded, [range(0, i, outH), range(1, j, outW)]))
    }
  return shifts
}

/** Rules of convolutions. */
export const convolutionRules: Readonly<Record<string, GradientRule>> = { Conv: convRule }

import * as onnx from '../../src/onnx/index.ts'
import { type Family, linear32, single, type Values } from './case.ts'

const withBias =
  (options: onnx.ConvTransposeOptions) =>
  ({ x, w, bias }: Values) =>
    onnx.convTranspose(x!, w!, { ...options, bias: bias! })

/** One axis; there is no builder of it, but files bring it. */
const oneDimensional = ({ x, w, bias }: Values) =>
  onnx.apply(
    'ConvTranspose',
    [x!, w!, bias!],
    { dtype: 'float32', shape: [2, 4, 2 * x!.shape[2]! + 1] },
    {
      kernel_shape: onnx.ints([3]),
      strides: onnx.ints([2]),
      pads: onnx.ints([0, 1]),
      output_padding: onnx.ints([1]),
      group: onnx.int(2),
    },
  )

/** Proof of the rules in src/autodiff/convolution-transpose.ts. For tests only. */
export const convolutionTranspose: Family = {
  cases: {
    ConvTranspose: [
      {
        at: { x: single(2, 4, 3, 4), w: single(4, 3, 3, 2), bias: single(6) },
        of: withBias({ strides: [2, 1], pads: [1, 0, 0, 1], groups: 2, outputPadding: [1, 0] }),
        ...linear32,
      },
      { at: { x: single(1, 1, 1, 1), w: single(1, 1, 1, 1) }, of: withoutBias, ...linear32 },
      {
        at: { x: single(2, 2, 4), w: single(2, 2, 3), bias: single(4) },
        of: oneDimensional,
        ...linear32,
      },
    ],
  },
  golden: {
    ConvTranspose: withBias({}),
    'ConvTranspose strided': withBias({
      strides: [2, 2],
      pads: [1, 1, 1, 1],
      outputPadding: [1, 0],
    }),
    'ConvTranspose grouped, dilated': withBias({
      strides: [1, 2],
      pads: [0, 1, 0, 1],
      dilations: [2, 1],
      groups: 2,
    }),
    'ConvTranspose in one dimension': oneDimensional,
  },
}

function withoutBias({ x, w }: Values): onnx.Value {
  return onnx.convTranspose(x!, w!)
}

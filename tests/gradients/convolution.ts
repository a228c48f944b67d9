import * as onnx from '../../src/onnx/index.ts'
import { type Family, linear32, single, type Values } from './case.ts'

const withBias =
  (options: onnx.ConvOptions) =>
  ({ x, w, bias }: Values) =>
    onnx.conv(x!, w!, { ...options, bias: bias! })

/** Proof of the rules in src/autodiff/convolution.ts. For tests only. */
export const convolution: Family = {
  cases: {
    Conv: [
      {
        at: { x: single(2, 4, 5, 4), w: single(6, 2, 3, 2), b: single(6) },
        of: ({ x, w, b }) =>
          onnx.conv(x!, w!, { strides: [2, 1], pads: [1, 0, 1, 1], groups: 2, bias: b! }),
        ...linear32,
      },
    ],
  },
  golden: {
    Conv: withBias({ pads: [1, 1, 1, 1] }),
    'Conv strided, even': withBias({ pads: [1, 1, 1, 1], strides: [2, 2] }),
    'Conv strided, odd': withBias({ pads: [1, 1, 1, 1], strides: [2, 2] }),
    'Conv depthwise': withBias({ pads: [1, 1, 1, 1], strides: [2, 2], groups: 4 }),
    'Conv dilated': withBias({ pads: [2, 0, 2, 0], strides: [1, 2], dilations: [2, 3] }),
  },
}

import * as onnx from '../../src/onnx/index.ts'
import { type Family, positive, smooth } from './case.ts'

/** Proof of the rules in src/autodiff/normalization.ts. For tests only. */
export const normalization: Family = {
  cases: {
    BatchNormalization: [
      {
        at: {
          x: smooth(2, 3, 2, 2),
          scale: smooth(3),
          shift: smooth(3),
          mean: smooth(3),
          variance: positive(3),
        },
        of: ({ x, scale, shift, mean, variance }) =>
          onnx.batchNormalization(x!, {
            scale: scale!,
            shift: shift!,
            mean: mean!,
            variance: variance!,
            epsilon: 0.01,
          }),
      },
    ],
  },
  golden: {
    BatchNormalization: ({ x, scale, shift, mean, variance }) =>
      onnx.batchNormalization(x!, {
        scale: scale!,
        shift: shift!,
        mean: mean!,
        variance: variance!,
        epsilon: 0.01,
      }),
  },
}

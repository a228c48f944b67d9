import * as onnx from '../../src/onnx/index.ts'
import { type Family, positive, smooth, type Values } from './case.ts'

/** By the statistics of the batch; the running ones do not matter. */
const trained = ({ x, scale, shift }: Values): onnx.Value =>
  onnx.compute({
    op: 'BatchNormalization',
    inputs: [x!, scale!, shift!, onnx.mul(scale!, 2), onnx.mul(shift!, 2)],
    attributes: { training_mode: onnx.int(1), epsilon: onnx.float(0.01) },
    outputs: [x!, scale!, scale!],
  })[0]!

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
      {
        at: { x: smooth(3, 2, 2), scale: smooth(2), shift: smooth(2) },
        of: trained,
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
    'BatchNormalization in training': trained,
  },
}

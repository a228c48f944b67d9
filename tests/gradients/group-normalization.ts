import * as onnx from '../../src/onnx/index.ts'
import { curved32, type Family, single, smooth, type Values } from './case.ts'

const instance =
  (epsilon: number) =>
  ({ x, scale, shift }: Values) =>
    onnx.instanceNormalization(x!, { scale: scale!, shift: shift!, epsilon })

/** ONNX's own operator, with one scale a group. */
const grouped =
  (groups: number) =>
  ({ x, scale, shift }: Values) =>
    onnx.apply('GroupNormalization', [x!, scale!, shift!], x!, {
      num_groups: onnx.int(groups),
      epsilon: onnx.float(0.1),
    })

/** Proof of the rules in src/autodiff/group-normalization.ts. For tests only. */
export const groupNormalization: Family = {
  cases: {
    InstanceNormalization: [
      {
        at: { x: single(2, 3, 2, 3), scale: single(3), shift: single(3) },
        of: instance(0.1),
        ...curved32,
      },
      {
        at: { x: single(1, 2, 5), scale: single(2), shift: single(2) },
        of: instance(0.1),
        ...curved32,
      },
    ],
    GroupNormalization: [
      { at: { x: smooth(2, 4, 3, 2), scale: smooth(2), shift: smooth(2) }, of: grouped(2) },
      { at: { x: smooth(1, 3, 4), scale: smooth(1), shift: smooth(1) }, of: grouped(1) },
      { at: { x: smooth(2, 3, 4), scale: smooth(3), shift: smooth(3) }, of: grouped(3) },
    ].map((one) => ({ ...one, tolerance: 1e-6 })),
  },
  golden: {
    InstanceNormalization: instance(1e-5),
    GroupNormalization: grouped(2),
    'GroupNormalization by channel': ({ x, scale, shift }) =>
      onnx.groupNormalization(x!, { groups: 2, scale: scale!, shift: shift! }),
  },
}

import * as onnx from '../../src/onnx/index.ts'
import { curved32, type Family, single, smooth, unary } from './case.ts'

const byLength = (attributes: onnx.Attributes) => (x: onnx.Value) =>
  onnx.apply('LpNormalization', [x], x, attributes)
const overAxes = (attributes: onnx.Attributes) => (x: onnx.Value) =>
  onnx.apply('MeanVarianceNormalization', [x], x, attributes)

/** Proof of the rules in src/autodiff/plain-normalization.ts. For tests only. */
export const plainNormalization: Family = {
  cases: {
    LpNormalization: [
      unary(byLength({}), smooth(3, 4)),
      unary(byLength({ axis: onnx.int(0) }), smooth(3, 2, 2)),
      unary(byLength({ axis: onnx.int(1), p: onnx.int(1) }), smooth(2, 3, 2)),
      unary(byLength({ axis: onnx.int(-2), p: onnx.int(1) }), smooth(1, 3)),
    ],
    MeanVarianceNormalization: [
      { ...unary(overAxes({}), single(2, 2, 3, 2)), ...curved32 },
      { ...unary(overAxes({ axes: onnx.ints([-1]) }), single(2, 5)), ...curved32 },
    ],
  },
  golden: {
    LpNormalization: ({ x }) => byLength({})(x!),
    'LpNormalization by the sum': ({ x }) => byLength({ axis: onnx.int(1), p: onnx.int(1) })(x!),
    MeanVarianceNormalization: ({ x }) => overAxes({})(x!),
  },
}

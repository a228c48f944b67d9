import * as onnx from '../../src/onnx/index.ts'
import { type Family, smooth, unary, type Values } from './case.ts'

/** 1 on the main diagonal. */
const eyeLike = (x: onnx.Value) => onnx.apply('EyeLike', [x], x)
const asRow = (values: Values) => onnx.unsqueeze(values.x!, [0])

/** Proof of the rules in src/autodiff/shape.ts. For tests only. */
export const shape: Family = {
  cases: {
    Reshape: [
      unary((x) => onnx.reshape(x, [3, -1])),
      // 0 keeps an axis
      unary(
        (x) => onnx.apply('Reshape', [x, onnx.integers([0, -1])], { ...x, shape: [2, 6] }),
        smooth(2, 3, 2),
      ),
      // unless the node says that it means none
      unary((x) =>
        onnx.apply(
          'Reshape',
          [x, onnx.integers([3, 2])],
          { ...x, shape: [3, 2] },
          { allowzero: onnx.int(1) },
        ),
      ),
    ],
    Flatten: [0, 1, 3, 4, -1, -3].map((axis) =>
      unary((x) => onnx.flatten(x, axis), smooth(2, 3, 1, 2)),
    ),
    Unsqueeze: [unary((x) => onnx.unsqueeze(x, [0, -1]))],
    Squeeze: [
      {
        at: { x: smooth(2, 3) },
        of: (v) => onnx.apply('Squeeze', [asRow(v), onnx.integers([0])], v.x!),
      },
      // without axes: all of size 1
      unary((x) => onnx.apply('Squeeze', [x], { ...x, shape: [2, 3] }), smooth(2, 1, 3, 1)),
    ],
    Transpose: [
      unary((x) => onnx.transpose(x)),
      unary((x) => onnx.transpose(x, [2, 0, 1]), smooth(2, 3, 4)),
    ],
    Trilu: [
      unary((x) => onnx.trilu(x, { upper: true }), smooth(3, 4)),
      unary((x) => onnx.trilu(x, { upper: false, diagonal: -1 }), smooth(2, 3, 3)),
      unary((x) => onnx.trilu(x, { upper: true, diagonal: 2 }), smooth(2, 1, 4)),
      unary((x) => onnx.apply('Trilu', [x], x), smooth(4, 2)),
    ],
    EyeLike: [unary((x) => onnx.mul(x, eyeLike(x)), smooth(3, 4))],
    Expand: [
      unary((x) => onnx.expand(x, [2, 2, 3])),
      unary((x) => onnx.expand(x, [4, 3]), smooth(1, 3)),
      // a smaller shape than that of x
      unary((x) => onnx.expand(x, [1])),
      unary((x) => onnx.expand(x, [2, 1, 4]), smooth(3, 1)),
    ],
  },
  golden: {
    Reshape: ({ x }) => onnx.reshape(x!, [4, -1]),
    Flatten: ({ x }) => onnx.flatten(x!),
    Unsqueeze: ({ x }) => onnx.unsqueeze(x!, [1, 3]),
    Squeeze: ({ x }) =>
      onnx.apply('Squeeze', [x!, onnx.integers([1])], { dtype: 'float32', shape: [2, 3] }),
    Transpose: ({ x }) => onnx.transpose(x!, [2, 0, 1]),
    Trilu: ({ x }) => onnx.trilu(x!, { upper: false, diagonal: 1 }),
    EyeLike: ({ x }) => onnx.mul(x!, eyeLike(x!)),
    Expand: ({ x }) => onnx.expand(x!, [5, 2, 3]),
  },
}

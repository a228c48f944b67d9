import * as onnx from '../../src/onnx/index.ts'
import { type Family, smooth, unary, type Values } from './case.ts'

const asRow = (values: Values) => onnx.unsqueeze(values.x!, [0])

/** Proof of the rules in src/autodiff/shape.ts. For tests only. */
export const shape: Family = {
  cases: {
    Reshape: [unary((x) => onnx.reshape(x, [3, -1]))],
    Flatten: [unary(onnx.flatten, smooth(2, 3, 1, 2))],
    Unsqueeze: [unary((x) => onnx.unsqueeze(x, [0, -1]))],
    Squeeze: [
      {
        at: { x: smooth(2, 3) },
        of: (v) => onnx.apply('Squeeze', [asRow(v), onnx.integers([0])], v.x!),
      },
    ],
    Transpose: [
      unary((x) => onnx.transpose(x)),
      unary((x) => onnx.transpose(x, [2, 0, 1]), smooth(2, 3, 4)),
    ],
    Expand: [
      unary((x) => onnx.expand(x, [2, 2, 3])),
      unary((x) => onnx.expand(x, [4, 3]), smooth(1, 3)),
    ],
  },
  golden: {
    Reshape: ({ x }) => onnx.reshape(x!, [4, -1]),
    Flatten: ({ x }) => onnx.flatten(x!),
    Unsqueeze: ({ x }) => onnx.unsqueeze(x!, [1, 3]),
    Squeeze: ({ x }) =>
      onnx.apply('Squeeze', [x!, onnx.integers([1])], { dtype: 'float32', shape: [2, 3] }),
    Transpose: ({ x }) => onnx.transpose(x!, [2, 0, 1]),
    Expand: ({ x }) => onnx.expand(x!, [5, 2, 3]),
  },
}

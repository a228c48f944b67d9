import * as onnx from '../../src/onnx/index.ts'
import { type Family, smooth, unary } from './case.ts'

/** Proof of the rules in src/autodiff/softmax.ts. For tests only. */
export const softmax: Family = {
  cases: {
    Softmax: [
      unary((x) => onnx.softmax(x)),
      unary((x) => onnx.softmax(x, 1), smooth(2, 3, 4)),
      unary((x) => onnx.softmax(x, -3), smooth(3, 1, 2)),
      unary((x) => onnx.apply('Softmax', [x], x), smooth(1, 2, 4)),
      unary((x) => onnx.softmax(x), smooth(5)),
      unary((x) => onnx.mul(onnx.softmax(x, 1), 3), smooth(4, 1)),
    ],
    LogSoftmax: [
      unary((x) => onnx.logSoftmax(x)),
      unary((x) => onnx.logSoftmax(x, 0), smooth(3, 2, 2)),
      unary((x) => onnx.apply('LogSoftmax', [x], x), smooth(1, 2, 4)),
      unary((x) => onnx.logSoftmax(x, 1), smooth(4, 1)),
    ],
  },
  golden: {
    Softmax: ({ x }) => onnx.softmax(x!),
    'Softmax over a middle axis': ({ x }) => onnx.softmax(x!, 1),
    LogSoftmax: ({ x }) => onnx.logSoftmax(x!, 1),
  },
}

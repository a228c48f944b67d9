import * as onnx from '../../src/onnx/index.ts'
import { distinct, type Family, linear32, single, unary } from './case.ts'

/** Proof of the rules in src/autodiff/pooling.ts. For tests only. */
export const pooling: Family = {
  cases: {
    MaxPool: [unary((x) => onnx.maxPool(x, [2, 2]), distinct(1, 2, 5, 4))],
    GlobalAveragePool: [{ ...unary(onnx.globalAveragePool, single(2, 3, 4, 5)), ...linear32 }],
  },
  golden: {
    MaxPool: ({ x }) => onnx.maxPool(x!, [2, 3]),
    GlobalAveragePool: ({ x }) => onnx.globalAveragePool(x!),
  },
}

import * as onnx from '../../src/onnx/index.ts'
import { type Family, smooth } from './case.ts'

/** Proof of the rules in src/autodiff/matmul.ts. For tests only. */
export const matmul: Family = {
  cases: {
    MatMul: [
      { at: { a: smooth(2, 3), b: smooth(3, 4) }, of: ({ a, b }) => onnx.matmul(a!, b!) },
      { at: { a: smooth(2, 1, 2, 3), b: smooth(5, 3, 1) }, of: ({ a, b }) => onnx.matmul(a!, b!) },
    ],
    Gemm: [
      {
        at: { a: smooth(2, 3), b: smooth(4, 3), c: smooth(4) },
        of: ({ a, b, c }) => onnx.gemm(a!, b!, { transposeB: true, bias: c! }),
      },
    ],
  },
  golden: {
    MatMul: ({ a, b }) => onnx.matmul(a!, b!),
    Gemm: ({ a, b, c }) =>
      onnx.gemm(a!, b!, { transposeA: true, transposeB: true, alpha: 0.5, bias: c! }),
  },
}

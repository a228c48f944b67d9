import * as onnx from '../../src/onnx/index.ts'
import type { Shape } from '../../src/tensor/index.ts'
import { type Family, smooth, type Values } from './case.ts'

const vectors =
  (shape: Shape) =>
  ({ a, b }: Values) =>
    onnx.apply('MatMul', [a!, b!], { dtype: a!.dtype, shape })

const fused =
  (shape: Shape, flags: readonly string[]) =>
  ({ a, b }: Values) =>
    onnx.compute({
      op: 'FusedMatMul',
      domain: 'com.microsoft',
      inputs: [a!, b!],
      attributes: {
        ...Object.fromEntries(flags.map((flag) => [flag, onnx.int(1)])),
        alpha: onnx.float(0.75),
      },
      outputs: [{ dtype: a!.dtype, shape }],
    })[0]!

/** Proof of the rules in src/autodiff/matmul.ts. For tests only. */
export const matmul: Family = {
  cases: {
    MatMul: [
      { at: { a: smooth(2, 3), b: smooth(3, 4) }, of: ({ a, b }) => onnx.matmul(a!, b!) },
      { at: { a: smooth(2, 1, 2, 3), b: smooth(5, 3, 1) }, of: ({ a, b }) => onnx.matmul(a!, b!) },
      { at: { a: smooth(3), b: smooth(2, 3, 4) }, of: vectors([2, 4]) },
      { at: { a: smooth(2, 4, 3), b: smooth(3) }, of: vectors([2, 4]) },
      { at: { a: smooth(3), b: smooth(3, 2) }, of: vectors([2]) },
      { at: { a: smooth(1, 3), b: smooth(3) }, of: vectors([1]) },
      { at: { a: smooth(3), b: smooth(3) }, of: vectors([]) },
    ],
    'com.microsoft.FusedMatMul': [
      { at: { a: smooth(2, 3), b: smooth(4, 3) }, of: fused([2, 4], ['transB']) },
      { at: { a: smooth(5, 3, 2), b: smooth(3, 4) }, of: fused([5, 2, 4], ['transA']) },
      {
        at: { a: smooth(2, 5, 2, 3), b: smooth(4, 1, 2, 3) },
        of: fused([5, 2, 2, 4], ['transBatchA', 'transBatchB', 'transB']),
      },
      {
        at: { a: smooth(3, 2, 4), b: smooth(2, 3, 5) },
        of: fused([2, 4, 5], ['transBatchA', 'transA']),
      },
      { at: { a: smooth(3), b: smooth(3, 2) }, of: fused([2], []) },
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
    'MatMul by a vector': vectors([2, 4]),
    'com.microsoft.FusedMatMul': fused([5, 2, 4], ['transBatchA', 'transB']),
    Gemm: ({ a, b, c }) =>
      onnx.gemm(a!, b!, { transposeA: true, transposeB: true, alpha: 0.5, bias: c! }),
  },
}

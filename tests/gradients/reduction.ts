import * as onnx from '../../src/onnx/index.ts'
import { type Case, distinct, type Family, unary } from './case.ts'

/** Proof of the rules in src/autodiff/reduction.ts. For tests only. */
export const reduction: Family = {
  cases: {
    ReduceSum: reductions(onnx.reduceSum),
    ReduceMean: reductions(onnx.reduceMean),
    ReduceMax: reductions(onnx.reduceMax),
    ReduceMin: reductions(onnx.reduceMin),
    ReduceL2: reductions(onnx.reduceL2),
    ReduceLogSumExp: reductions(onnx.reduceLogSumExp),
  },
  golden: {
    ReduceSum: ({ x }) => onnx.reduceSum(x!, { axes: [0, 2] }),
    ReduceMean: ({ x }) => onnx.reduceMean(x!, { axes: [1], keepAxes: true }),
    ReduceMax: ({ x }) => onnx.reduceMax(x!, { axes: [0, 2] }),
    ReduceMin: ({ x }) => onnx.reduceMin(x!, { axes: [1], keepAxes: true }),
    ReduceL2: ({ x }) => onnx.reduceL2(x!, { axes: [0, 2] }),
    ReduceLogSumExp: ({ x }) => onnx.reduceLogSumExp(x!, { axes: [1], keepAxes: true }),
  },
}

function reductions(reduce: (x: onnx.Value, options?: onnx.ReduceOptions) => onnx.Value): Case[] {
  return [
    unary((x) => reduce(x), distinct(2, 3)),
    unary((x) => reduce(x, { axes: [-1, 0] }), distinct(2, 3, 2)),
    unary((x) => reduce(x, { axes: [1], keepAxes: true }), distinct(2, 3, 2)),
    unary((x) => reduce(x, { axes: [0] }), distinct(1, 3)),
  ]
}

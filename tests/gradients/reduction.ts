import * as onnx from '../../src/onnx/index.ts'
import { tensor } from '../../src/tensor/index.ts'
import { type Case, distinct, type Family, smooth, unary } from './case.ts'

/** Rows without a zero, with one and with two. */
const zeros = tensor('float64', [3, 3], Float64Array.of(2, -3, 0.5, 1, 0, -2, 0, 0.7, 0))

/** Proof of the rules in src/autodiff/reduction.ts. For tests only. */
export const reduction: Family = {
  cases: {
    ReduceSum: reductions(onnx.reduceSum),
    ReduceMean: reductions(onnx.reduceMean),
    ReduceMax: reductions(onnx.reduceMax),
    ReduceMin: reductions(onnx.reduceMin),
    ReduceProd: [
      ...reductions(onnx.reduceProd),
      unary((x) => onnx.reduceProd(x, { axes: [1] }), zeros),
    ],
    ReduceL1: reductions(onnx.reduceL1),
    ReduceL2: reductions(onnx.reduceL2),
    ReduceSumSquare: reductions(onnx.reduceSumSquare),
    ReduceLogSum: reductions((x, options) => onnx.reduceLogSum(onnx.exp(x), options)),
    ReduceLogSumExp: reductions(onnx.reduceLogSumExp),
    CumSum: [false, true].flatMap((exclusive) =>
      [false, true].map((reverse) =>
        unary((x) => onnx.cumSum(x, { axis: -2, exclusive, reverse }), smooth(2, 3, 2)),
      ),
    ),
    TopK: [
      unary((x) => onnx.topK(x, 2).values, distinct(2, 3)),
      unary((x) => onnx.topK(x, 3, { axis: 0, largest: false }).values, distinct(4, 2)),
      unary((x) => onnx.topK(x, 1, { axis: 1 }).values, distinct(2, 1, 2)),
    ],
  },
  golden: {
    ReduceSum: ({ x }) => onnx.reduceSum(x!, { axes: [0, 2] }),
    ReduceMean: ({ x }) => onnx.reduceMean(x!, { axes: [1], keepAxes: true }),
    ReduceMax: ({ x }) => onnx.reduceMax(x!, { axes: [0, 2] }),
    ReduceMin: ({ x }) => onnx.reduceMin(x!, { axes: [1], keepAxes: true }),
    ReduceProd: ({ x }) => onnx.reduceProd(x!, { axes: [0, 2] }),
    ReduceL1: ({ x }) => onnx.reduceL1(x!, { axes: [0, 2] }),
    ReduceSumSquare: ({ x }) => onnx.reduceSumSquare(x!, { axes: [1], keepAxes: true }),
    ReduceLogSum: ({ x }) => onnx.reduceLogSum(x!, { axes: [0, 2] }),
    CumSum: ({ x }) => onnx.cumSum(x!, { axis: 1 }),
    'CumSum, exclusive, reverse': ({ x }) =>
      onnx.cumSum(x!, { axis: 1, exclusive: true, reverse: true }),
    TopK: ({ x }) => onnx.topK(x!, 2, { axis: 1 }).values,
    'TopK, smallest': ({ x }) => onnx.topK(x!, 3, { largest: false }).values,
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

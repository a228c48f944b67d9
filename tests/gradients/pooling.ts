import * as onnx from '../../src/onnx/index.ts'
import { tensor } from '../../src/tensor/index.ts'
import { curved32, distinct, type Family, linear32, single, unary } from './case.ts'

/** float32, no two elements equal. */
const peaks = tensor('float32', [2, 2, 3, 4], Float32Array.from(distinct(2, 2, 3, 4).data))

/** Proof of the rules in src/autodiff/pooling.ts. For tests only. */
export const pooling: Family = {
  cases: {
    MaxPool: [
      unary((x) => onnx.maxPool(x, [2, 2]), distinct(1, 2, 5, 4)),
      unary(
        (x) => onnx.maxPool(x, [3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }),
        distinct(2, 1, 5, 6),
      ),
      unary((x) => onnx.maxPool(x, [3], { strides: [1], dilations: [2] }), distinct(2, 2, 8)),
    ],
    AveragePool: [
      { ...unary((x) => onnx.averagePool(x, [2, 3]), single(2, 2, 5, 7)), ...linear32 },
      {
        ...unary(
          (x) =>
            onnx.averagePool(x, [3, 3], {
              strides: [2, 1],
              pads: [1, 1, 1, 0],
              countIncludePad: true,
              ceilMode: true,
            }),
          single(1, 2, 6, 5),
        ),
        ...linear32,
      },
      { ...unary((x) => onnx.averagePool(x, [2], { strides: [1] }), single(2, 2, 4)), ...linear32 },
    ],
    LpPool: [
      { ...unary((x) => onnx.lpPool(x, [2, 3]), single(2, 2, 4, 7)), ...curved32 },
      {
        ...unary((x) => onnx.lpPool(x, [3], { p: 3, strides: [2], pads: [1, 1] }), single(2, 2, 5)),
        ...curved32,
      },
    ],
    GlobalAveragePool: [{ ...unary(onnx.globalAveragePool, single(2, 3, 4, 5)), ...linear32 }],
    GlobalMaxPool: [{ ...unary(onnx.globalMaxPool, peaks), tolerance: 1e-4 }],
  },
  golden: {
    MaxPool: ({ x }) => onnx.maxPool(x!, [2, 3]),
    'MaxPool overlapping': ({ x }) =>
      onnx.maxPool(x!, [3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }),
    'MaxPool dilated, to the ceiling': ({ x }) =>
      onnx.maxPool(x!, [2, 3], {
        strides: [2, 2],
        pads: [1, 1, 1, 1],
        dilations: [1, 2],
        ceilMode: true,
      }),
    AveragePool: ({ x }) => onnx.averagePool(x!, [2, 3]),
    'AveragePool padded': ({ x }) =>
      onnx.averagePool(x!, [3, 3], { strides: [2, 2], pads: [1, 1, 1, 1], countIncludePad: true }),
    'AveragePool of what is there, to the ceiling': ({ x }) =>
      onnx.averagePool(x!, [3, 2], { strides: [2, 2], pads: [1, 0, 1, 0], ceilMode: true }),
    'AveragePool padded, to the ceiling': ({ x }) =>
      onnx.averagePool(x!, [3, 2], {
        strides: [2, 2],
        pads: [1, 0, 1, 0],
        ceilMode: true,
        countIncludePad: true,
      }),
    LpPool: ({ x }) => onnx.lpPool(x!, [2, 3], { strides: [1, 2] }),
    'LpPool of the third power': ({ x }) => onnx.lpPool(x!, [2, 2], { p: 3 }),
    GlobalAveragePool: ({ x }) => onnx.globalAveragePool(x!),
    GlobalMaxPool: ({ x }) => onnx.globalMaxPool(x!),
  },
}

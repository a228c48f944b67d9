import * as onnx from '../../src/onnx/index.ts'
import { tensor } from '../../src/tensor/index.ts'
import { type Case, type Family, linear32, single } from './case.ts'

const of = (
  shape: readonly number[],
  sizes: readonly number[],
  options?: onnx.ResizeOptions,
): Case => ({
  at: { x: single(...shape) },
  of: ({ x }) => onnx.resize(x!, sizes, options),
  ...linear32,
})

/** As files of operator set 13 write it, with a scale for every axis and an empty roi. */
const scaled = (x: onnx.Value, scales: readonly number[], attributes: onnx.Attributes) =>
  onnx.apply(
    'Resize',
    [
      x,
      onnx.constant(tensor('float32', [0], new Float32Array(0))),
      onnx.constant(tensor('float32', [scales.length], Float32Array.from(scales))),
    ],
    { dtype: x.dtype, shape: x.shape.map((size, axis) => Math.floor(size * scales[axis]!)) },
    attributes,
  )

/** Proof of the rules in src/autodiff/resize.ts. For tests only. */
export const resize: Family = {
  cases: {
    Resize: [
      of([2, 2, 3, 2], [6, 6]),
      of([2, 2, 3, 4], [5, 3]),
      of([1, 2, 3], [9]),
      of([2, 1, 3, 4], [7, 6], { mode: 'linear' }),
      of([2, 1, 5, 4], [3, 1], { mode: 'linear', coordinates: 'align_corners' }),
      of([1, 2, 4, 3], [7, 2], { mode: 'cubic' }),
      of([2, 3, 4, 4], [4, 4], { mode: 'linear' }),
      {
        at: { x: single(2, 2, 4, 3) },
        of: ({ x }) => scaled(x!, [1, 1, 1.6, 2.5], { mode: onnx.text('linear') }),
        ...linear32,
      },
      {
        at: { x: single(2, 2, 2, 3) },
        of: ({ x }) => scaled(x!, [2, 1, 0.5, 2], { mode: onnx.text('nearest') }),
        ...linear32,
      },
    ],
  },
  golden: {
    'Resize nearest': ({ x }) => onnx.resize(x!, [8, 6]),
    'Resize nearest, smaller': ({ x }) => onnx.resize(x!, [3, 4]),
    'Resize linear': ({ x }) => onnx.resize(x!, [7, 6], { mode: 'linear' }),
    'Resize linear, smaller': ({ x }) => onnx.resize(x!, [3, 1], { mode: 'linear' }),
    'Resize linear, corners': ({ x }) =>
      onnx.resize(x!, [7, 6], { mode: 'linear', coordinates: 'align_corners' }),
    'Resize cubic': ({ x }) => onnx.resize(x!, [7, 6], { mode: 'cubic' }),
    'Resize cubic, corners': ({ x }) =>
      onnx.resize(x!, [3, 6], { mode: 'cubic', coordinates: 'align_corners' }),
  },
}

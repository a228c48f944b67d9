import * as onnx from '../../src/onnx/index.ts'
import { tensor } from '../../src/tensor/index.ts'
import { type Case, type Family, smooth, unary } from './case.ts'

const indices = (shape: readonly number[], ...places: number[]) =>
  tensor('int64', shape, BigInt64Array.from(places, BigInt))

/** Repeated and negative places, known to the graph or fed. */
const places = indices([2, 3], 0, -1, 2, 0, 1, -4)

const fed = (f: (x: onnx.Value, i: onnx.Value) => onnx.Value, one: Case['at'][string]): Case => ({
  at: { x: one },
  fixed: { i: places },
  of: ({ x, i }) => f(x!, i!),
})

/** Proof of the rules in src/autodiff/indexing.ts. For tests only. */
export const indexing: Family = {
  cases: {
    Gather: [
      fed((x, i) => onnx.gather(x, i), smooth(4, 3)),
      fed((x, i) => onnx.gather(x, i, -2), smooth(2, 4, 3)),
      fed((x, i) => onnx.gather(x, i, 1), smooth(3, 4)),
      fed((x, i) => onnx.gather(x, onnx.cast(i, 'int32')), smooth(4)),
      unary((x) => onnx.gather(x, onnx.constant(places)), smooth(4, 3)),
      // one place, and places in a row
      unary((x) => onnx.gather(x, onnx.constant(indices([], -2)), 1), smooth(2, 4, 3)),
      unary((x) => onnx.gather(x, onnx.integers([1, 2, -1]), 1), smooth(2, 4)),
    ],
  },
  golden: {
    Gather: ({ x }) => onnx.gather(x!, onnx.constant(places)),
    'Gather, second axis': ({ x }) => onnx.gather(x!, onnx.constant(places), 1),
  },
}

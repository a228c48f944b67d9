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

/** Places of single elements: some named twice, none named twice. */
const repeated = indices([2, 3], 0, 2, 0, 1, 1, 3)
const unique = indices([2, 3], 0, 2, 3, 1, 0, 2)
/** Tuples of places, of which one is named twice. */
const pairs = indices([4, 2], 0, 1, 1, 2, 0, -2, -1, 0)
const triples = indices([2, 3, 1], 2, 0, -1, 1, 1, 1)
const rows = indices([2, 1], 2, 0)

const scattered = (
  f: (x: onnx.Value, updates: onnx.Value) => onnx.Value,
  x: Case['at'][string],
): Case => ({ at: { x, u: smooth(2, 3) }, of: ({ x, u }) => f(x!, u!) })

/** As a file may bring it; our own builder adds nothing up. */
const addND = (x: onnx.Value, at: onnx.Value, updates: onnx.Value): onnx.Value =>
  onnx.apply('ScatterND', [x, at, updates], x, { reduction: onnx.text('add') })

const compress = (x: onnx.Value, keep: readonly number[], axis?: number): onnx.Value => {
  const condition = onnx.constant(tensor('bool', [keep.length], Uint8Array.from(keep)))
  const count = keep.reduce((sum, one) => sum + one, 0)
  const along =
    axis === undefined ? undefined : onnx.normalizeAxis('Compress', axis, x.shape.length)
  const shape =
    along === undefined ? [count] : x.shape.map((size, i) => (i === along ? count : size))
  return onnx.apply(
    'Compress',
    [x, condition],
    { dtype: x.dtype, shape },
    axis === undefined ? {} : { axis: onnx.int(axis) },
  )
}

const reversed = (x: onnx.Value, lengths: readonly number[], axes: onnx.Attributes) =>
  onnx.apply('ReverseSequence', [x, onnx.integers(lengths)], x, axes)

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
    GatherElements: [
      unary((x) => onnx.gatherElements(x, onnx.constant(repeated), 1), smooth(2, 4)),
      unary((x) => onnx.gatherElements(x, onnx.constant(repeated), -2), smooth(4, 3)),
    ],
    GatherND: [
      unary((x) => onnx.gatherND(x, onnx.constant(pairs)), smooth(2, 3, 2)),
      unary((x) => onnx.gatherND(x, onnx.constant(pairs)), smooth(2, 3)),
      unary((x) => onnx.gatherND(x, onnx.constant(triples), 1), smooth(2, 3, 2)),
      unary(
        (x) =>
          onnx.gatherND(
            x,
            onnx.constant(indices([2, 3, 2], 0, 1, 2, 0, 0, 1, -1, -1, 2, 1, 0, 0)),
            1,
          ),
        smooth(2, 3, 2, 2),
      ),
    ],
    ScatterElements: [
      scattered(
        (x, u) => onnx.scatterElements(x, [onnx.constant(unique), u], { axis: 1 }),
        smooth(2, 4),
      ),
      scattered(
        (x, u) =>
          onnx.scatterElements(x, [onnx.constant(repeated), u], { axis: -1, reduction: 'add' }),
        smooth(3, 4),
      ),
      scattered(
        (x, u) =>
          onnx.scatterElements(x, [onnx.constant(repeated), u], { axis: 0, reduction: 'add' }),
        smooth(4, 3),
      ),
    ],
    ScatterND: [
      scattered(
        (x, u) => onnx.scatterND(x, [onnx.constant(indices([2, 1], 2, -4)), u]),
        smooth(4, 3),
      ),
      scattered(
        (x, u) => addND(x, onnx.constant(indices([2, 2], 1, 0, 0, -1)), u),
        smooth(2, 3, 3),
      ),
    ],
    Compress: [
      unary((x) => compress(x, [0, 1, 0, 1], 1), smooth(2, 4)),
      unary((x) => compress(x, [1, 0, 1], -1), smooth(2, 4)),
      unary((x) => compress(x, [0, 1, 1, 0, 1]), smooth(2, 3)),
    ],
    ReverseSequence: [
      unary(
        (x) => reversed(x, [3, 2], { batch_axis: onnx.int(0), time_axis: onnx.int(1) }),
        smooth(2, 3, 2),
      ),
      unary((x) => reversed(x, [1, 3, 2], {}), smooth(3, 3)),
    ],
  },
  golden: {
    Gather: ({ x }) => onnx.gather(x!, onnx.constant(places)),
    'Gather, second axis': ({ x }) => onnx.gather(x!, onnx.constant(places), 1),
    GatherElements: ({ x }) => onnx.gatherElements(x!, onnx.constant(repeated), 1),
    GatherND: ({ x }) => onnx.gatherND(x!, onnx.constant(pairs)),
    'GatherND, batch': ({ x }) => onnx.gatherND(x!, onnx.constant(triples), 1),
    ScatterElements: ({ x, u }) =>
      onnx.scatterElements(x!, [onnx.constant(unique), u!], { axis: 1 }),
    'ScatterElements, add': ({ x, u }) =>
      onnx.scatterElements(x!, [onnx.constant(repeated), u!], { axis: 1, reduction: 'add' }),
    ScatterND: ({ x, u }) => onnx.scatterND(x!, [onnx.constant(rows), u!]),
    'ScatterND, add': ({ x, u }) => addND(x!, onnx.constant(rows), u!),
    Compress: ({ x }) => compress(x!, [0, 1, 0, 1], 1),
    ReverseSequence: ({ x }) =>
      reversed(x!, [3, 2], { batch_axis: onnx.int(0), time_axis: onnx.int(1) }),
  },
}

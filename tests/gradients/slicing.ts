import * as onnx from '../../src/onnx/index.ts'
import { type Case, type Family, smooth, unary } from './case.ts'

/** Two of three pieces, so that one is used by nobody. */
const outerPieces = (x: onnx.Value): onnx.Value => {
  const [first, , last] = onnx.split(x, [1, 2, 3], -1)
  return onnx.mul(first!, last!)
}

/** Equal pieces by their number, the last one shorter. */
const shares = (x: onnx.Value, count: number): onnx.Value[] => {
  const size = Math.ceil(x.shape[0]! / count)
  return onnx.compute({
    op: 'Split',
    inputs: [x],
    attributes: { num_outputs: onnx.int(count) },
    outputs: Array.from({ length: count }, (_, i) => ({
      dtype: x.dtype,
      shape: [Math.min(size, x.shape[0]! - i * size), ...x.shape.slice(1)],
    })),
  })
}

/** Pads of axes that are named, around which stands a number that is learned too. */
const onAxes: readonly Case[] = (
  [
    [[-1], [2, 1], [2, 6]],
    [
      [1, 0],
      [-1, 1, 0, 2],
      [5, 2],
    ],
  ] as const
).map(([axes, pads, shape]) => ({
  at: { x: smooth(2, 3), value: smooth() },
  of: ({ x, value }) =>
    onnx.apply('Pad', [x!, onnx.integers(pads), value!, onnx.integers(axes)], { ...x!, shape }),
}))

/** Proof of the rules in src/autodiff/slicing.ts. For tests only. */
export const slicing: Family = {
  cases: {
    Concat: [
      {
        at: { a: smooth(2, 1), b: smooth(2, 3) },
        of: ({ a, b }) => onnx.concat([a!, b!, a!], -1),
      },
    ],
    Split: [
      unary(outerPieces, smooth(2, 6)),
      unary((x) => onnx.mul(...(shares(x, 2) as [onnx.Value, onnx.Value])), smooth(4, 3)),
      // pieces of 2, 2 and 1, the middle one used by nobody
      unary((x) => onnx.mul(shares(x, 3)[0]!, shares(x, 3)[2]!), smooth(5, 2)),
      unary((x) => shares(x, 3)[2]!, smooth(5, 2)),
    ],
    Slice: [
      unary((x) => onnx.slice(x, [{ axis: 1, start: 1, end: 3 }])),
      unary((x) =>
        onnx.slice(x, [
          { axis: -1, start: -2, end: -1 },
          { axis: 0, start: 0, end: 99 },
        ]),
      ),
      unary((x) => onnx.slice(x, [{ axis: 0, start: 1, end: 99, step: 3 }]), smooth(8, 2)),
      unary(
        (x) =>
          onnx.slice(x, [
            { axis: 1, start: -2, end: -99, step: -2 },
            { axis: 0, start: 0, end: 99, step: 2 },
          ]),
        smooth(3, 6),
      ),
    ],
    Pad: [
      unary((x) => onnx.pad(x, [1, 0], [0, 2])),
      unary((x) => onnx.pad(x, [-1, 2], [1, -2]), smooth(3, 4)),
      unary((x) => onnx.pad(x, [2, 0], [1, 3], 'edge'), smooth(3, 2)),
      unary((x) => onnx.pad(x, [2, 1], [1, 2], 'reflect'), smooth(3, 4)),
      unary((x) => onnx.pad(x, [2, 3], [1, 0], 'wrap'), smooth(3, 3)),
      unary((x) => onnx.pad(x, [-1, 1], [1, -2], 'reflect'), smooth(3, 5)),
      unary((x) => onnx.pad(x, [-1, 0], [2, -1], 'wrap'), smooth(4, 3)),
      unary((x) => onnx.pad(x, [1, -1], [-2, 4], 'edge'), smooth(4, 3)),
      ...onAxes,
    ],
    Tile: [
      unary((x) => onnx.tile(x, [2, 3])),
      unary((x) => onnx.tile(x, [1, 4, 1]), smooth(2, 1, 3)),
      unary((x) => onnx.tile(x, [1, 1])),
    ],
  },
  golden: {
    Concat: ({ a, b }) => onnx.concat([a!, b!], 1),
    Split: ({ x }) => outerPieces(x!),
    'Split, uneven': ({ x }) => onnx.concat(shares(x!, 3).toReversed(), 0),
    Slice: ({ x }) =>
      onnx.slice(x!, [
        { axis: 1, start: 1, end: 3 },
        { axis: 2, start: -2, end: 3 },
      ]),
    'Slice, strided': ({ x }) =>
      onnx.slice(x!, [
        { axis: 0, start: 1, end: 7, step: 2 },
        { axis: 1, start: -1, end: -99, step: -3 },
      ]),
    Pad: ({ x }) => onnx.pad(x!, [0, 1], [2, 0]),
    'Pad, cut': ({ x }) => onnx.pad(x!, [-1, 1], [2, -1]),
    'Pad, edge': ({ x }) => onnx.pad(x!, [0, 0, 2, 1], [0, 0, 1, 3], 'edge'),
    'Pad, reflect': ({ x }) => onnx.pad(x!, [0, 0, 2, 1], [0, 0, 1, 3], 'reflect'),
    'Pad, wrap': ({ x }) => onnx.pad(x!, [0, 0, 2, 1], [0, 0, 1, 3], 'wrap'),
    Tile: ({ x }) => onnx.tile(x!, [2, 1, 3]),
  },
}

import { expect, test } from 'vitest'
import { checkGradient, type GradientCheck } from '../../tests/support/check-gradient.ts'
import { onGrid, random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import * as onnx from '../onnx/index.ts'
import { type Shape, tensor } from '../tensor/index.ts'
import { gradientRules } from './rules.ts'

type Case = Pick<GradientCheck, 'at' | 'of'> & Partial<GradientCheck>
type Values = Readonly<Record<string, onnx.Value>>

const rng = rngFromSeed(11)
/** Away from every kink at a multiple of 0.05. */
const smooth = (...shape: Shape) => onGrid('float64', shape, rng)
/** Never equal to anything that is smooth. */
const other = (...shape: Shape) => onGrid('float64', shape, rng, 0.25)
const positive = (...shape: Shape) => random('float64', shape, rng, [0.4, 1.6])
const single = (...shape: Shape) => onGrid('float32', shape, rng)
const x = smooth(2, 3)

const unary = (f: (x: onnx.Value) => onnx.Value, at: GradientCheck['at'][string] = x): Case => ({
  at: { x: at },
  of: ({ x }) => f(x!),
})
const binary = (
  f: (a: onnx.Value, b: onnx.Value) => onnx.Value,
  [a, b] = [smooth(2, 3), other(2, 3)],
): Case[] => [
  { at: { a, b }, of: ({ a, b }) => f(a!, b!) },
  { at: { a: smooth(3, 1), b: positive(2, 1, 4) }, of: ({ a, b }) => f(a!, b!) },
  // one Value as both operands
  { at: { a: positive(3) }, of: ({ a }) => f(a!, onnx.mul(a!, 1.3)) },
]
/** Operators without a kernel for float64; what is linear bears a long step. */
const linear32 = { step: 0.5, tolerance: 1e-5 }
const curved32 = { step: 1e-2, tolerance: 1e-3 }
const asRow = (values: Values) => onnx.unsqueeze(values.x!, [0])

/** At least one case for every rule; the fuller checks of a family are in its own test file. */
const cases: Readonly<Record<string, readonly Case[]>> = {
  Add: binary(onnx.add),
  Sub: binary(onnx.sub),
  Mul: binary(onnx.mul),
  Div: binary(onnx.div, [smooth(2, 3), positive(2, 3)]),
  Pow: binary(onnx.pow, [positive(2, 3), smooth(2, 3)]).map((one, i) =>
    // a negative base has no real power
    i === 1 ? { ...one, at: { a: positive(3, 1), b: smooth(2, 1, 4) } } : one,
  ),
  Max: binary(onnx.maximum),
  Min: binary(onnx.minimum),
  Where: [
    {
      at: { a: smooth(2, 3), b: smooth(3) },
      fixed: { keep: tensor('bool', [2, 1], Uint8Array.of(1, 0)) },
      of: ({ a, b, keep }) => onnx.where(keep!, a!, b!),
    },
  ],
  Neg: [unary(onnx.neg)],
  Sqrt: [unary(onnx.sqrt, positive(2, 3))],
  Exp: [unary(onnx.exp)],
  Log: [unary(onnx.log, positive(2, 3))],
  Abs: [unary(onnx.abs)],
  Reciprocal: [unary(onnx.reciprocal, positive(2, 3))],
  Relu: [unary(onnx.relu)],
  LeakyRelu: [{ ...unary((x) => onnx.leakyRelu(x, 0.2), single(2, 3)), tolerance: 1e-4 }],
  Clip: [
    unary((x) => onnx.clip(x, -0.5, 0.75)),
    unary((x) => onnx.apply('Clip', [x, null, other0(0.3)], x)),
    unary((x) => onnx.apply('Clip', [x, other0(-0.2)], x)),
    unary((x) => onnx.apply('Clip', [x], x)),
  ],
  Sigmoid: [unary(onnx.sigmoid)],
  Tanh: [unary(onnx.tanh)],
  Softplus: [{ ...unary((x) => onnx.apply('Softplus', [x], x), single(2, 3)), ...curved32 }],
  Cast: [{ ...unary((x) => onnx.mul(onnx.cast(x, 'float32'), 2)), step: 0.25, tolerance: 1e-5 }],
  Identity: [unary((x) => onnx.apply('Identity', [x], x))],
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
  Conv: [
    {
      at: { x: single(2, 4, 5, 4), w: single(6, 2, 3, 2), b: single(6) },
      of: ({ x, w, b }) =>
        onnx.conv(x!, w!, { strides: [2, 1], pads: [1, 0, 1, 1], groups: 2, bias: b! }),
      ...linear32,
    },
  ],
  MaxPool: [unary((x) => onnx.maxPool(x, [2, 2]), distinct(1, 2, 5, 4))],
  GlobalAveragePool: [{ ...unary(onnx.globalAveragePool, single(2, 3, 4, 5)), ...linear32 }],
  BatchNormalization: [
    {
      at: {
        x: smooth(2, 3, 2, 2),
        scale: smooth(3),
        shift: smooth(3),
        mean: smooth(3),
        variance: positive(3),
      },
      of: ({ x, scale, shift, mean, variance }) =>
        onnx.batchNormalization(x!, {
          scale: scale!,
          shift: shift!,
          mean: mean!,
          variance: variance!,
          epsilon: 0.01,
        }),
    },
  ],
  ReduceSum: reductions(onnx.reduceSum),
  ReduceMean: reductions(onnx.reduceMean),
  ReduceMax: reductions(onnx.reduceMax),
  ReduceMin: reductions(onnx.reduceMin),
  Reshape: [unary((x) => onnx.reshape(x, [3, -1]))],
  Flatten: [unary(onnx.flatten, smooth(2, 3, 1, 2))],
  Unsqueeze: [unary((x) => onnx.unsqueeze(x, [0, -1]))],
  Squeeze: [{ at: { x }, of: (v) => onnx.apply('Squeeze', [asRow(v), onnx.integers([0])], v.x!) }],
  Transpose: [
    unary((x) => onnx.transpose(x)),
    unary((x) => onnx.transpose(x, [2, 0, 1]), smooth(2, 3, 4)),
  ],
  Expand: [
    unary((x) => onnx.expand(x, [2, 2, 3])),
    unary((x) => onnx.expand(x, [4, 3]), smooth(1, 3)),
  ],
  Concat: [
    {
      at: { a: smooth(2, 1), b: smooth(2, 3) },
      of: ({ a, b }) => onnx.concat([a!, b!, a!], -1),
    },
  ],
  Slice: [
    unary((x) => onnx.slice(x, [{ axis: 1, start: 1, end: 3 }])),
    unary((x) =>
      onnx.slice(x, [
        { axis: -1, start: -2, end: -1 },
        { axis: 0, start: 0, end: 99 },
      ]),
    ),
  ],
  Pad: [unary((x) => onnx.pad(x, [1, 0], [0, 2]))],
}

/** A scalar of float64. */
function other0(value: number): onnx.Value {
  return onnx.constant(tensor('float64', [], Float64Array.of(value)))
}

/** No two elements equal, so that every maximum is one element's alone. */
function distinct(...shape: Shape) {
  const { data } = smooth(...shape)
  const ranks = rng.shuffle(Array.from(data.keys()))
  return tensor(
    'float64',
    shape,
    Float64Array.from(ranks, (rank) => rank / 10 - 1),
  )
}

function reductions(reduce: (x: onnx.Value, options?: onnx.ReduceOptions) => onnx.Value): Case[] {
  return [
    unary((x) => reduce(x), distinct(2, 3)),
    unary((x) => reduce(x, { axes: [-1, 0] }), distinct(2, 3, 2)),
    unary((x) => reduce(x, { axes: [1], keepAxes: true }), distinct(2, 3, 2)),
    unary((x) => reduce(x, { axes: [0] }), distinct(1, 3)),
  ]
}

test('every rule has a case here', () => {
  expect(Object.keys(cases).sort()).toEqual(Object.keys(gradientRules).sort())
})

test.each(Object.entries(cases).flatMap(([op, list]) => list.map((one, i) => ({ op, i, one }))))(
  '$op $i: the gradient is that of central differences',
  async ({ op, one }) => {
    const inputs = Object.entries({ ...one.fixed, ...one.at }).map(
      ([name, { shape, dtype }]) => [name, onnx.input(name, shape, dtype)] as const,
    )
    const { nodes } = onnx.reachable([one.of(Object.fromEntries(inputs))])
    expect(nodes.map((node) => node.op)).toContain(op)
    await checkGradient(one)
  },
)

import * as onnx from '../../src/onnx/index.ts'
import { tensor } from '../../src/tensor/index.ts'
import {
  binary,
  type Case,
  curved32,
  type Family,
  linear32,
  other,
  positive,
  single,
  smooth,
  unary,
} from './case.ts'

const keep = onnx.constant(tensor('bool', [4, 1], Uint8Array.of(1, 0, 1, 1)))

/** Three operands, as given and broadcast; one of them twice. */
const variadic = (f: (...operands: readonly onnx.Value[]) => onnx.Value): Case[] => [
  { at: { a: smooth(2, 3), b: other(2, 3) }, of: ({ a, b }) => f(a!, b!, onnx.mul(a!, -0.9)) },
  {
    at: { a: smooth(3, 1), b: other(2, 1, 4), c: positive(1) },
    of: ({ a, b, c }) => f(a!, b!, c!),
  },
  { at: { a: smooth(3) }, of: ({ a }) => f(a!) },
]

const in32 = (at: Case['at']): Case['at'] =>
  Object.fromEntries(
    Object.entries(at).map(([name, { shape, data }]) => [
      name,
      tensor('float32', shape, Float32Array.from(data)),
    ]),
  )

/** A step has no slope, so that of its product with x is the step itself. */
const stepwise = (f: (x: onnx.Value) => onnx.Value): Case[] => [unary((x) => onnx.mul(f(x), x))]

/** Proof of the rules in src/autodiff/elementwise.ts. For tests only. */
export const elementwise: Family = {
  cases: {
    Add: binary(onnx.add),
    Sub: binary(onnx.sub),
    Mul: binary(onnx.mul),
    Div: binary(onnx.div, [smooth(2, 3), positive(2, 3)]),
    Pow: [
      ...binary(onnx.pow, [positive(2, 3), smooth(2, 3)]).map((one, i) =>
        // a negative base has no real power
        i === 1 ? { ...one, at: { a: positive(3, 1), b: smooth(2, 1, 4) } } : one,
      ),
      ...[0, 1, 0.5, 1.5, 2, 3, 4, 2.3, -0.5, -1, -2].map((p) =>
        unary((x) => onnx.add(onnx.pow(x, p), x), positive(2, 3)),
      ),
      ...[2, 3, 4, -1, -3].map((p) => unary((x) => onnx.pow(x, p))),
      unary((x) => onnx.pow(x, onnx.integers([3]))),
      unary((x) => onnx.pow(x, onnx.integers([3, 0, -2]))),
      unary((x) => onnx.pow(x, onnx.constant(tensor('float64', [2, 1, 1], Float64Array.of(2, 3))))),
    ],
    Mod: binary(onnx.mod, [smooth(2, 3), positive(2, 3)]),
    Sum: variadic(onnx.sum),
    Mean: [...variadic(onnx.mean).map((one) => ({ ...one, at: in32(one.at), ...linear32 }))],
    Max: [...binary(onnx.maximum), ...variadic(onnx.maximum)],
    Min: [...binary(onnx.minimum), ...variadic(onnx.minimum)],
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
    Erf: [{ ...unary(onnx.erf, single(2, 3)), ...curved32 }],
    Log: [unary(onnx.log, positive(2, 3))],
    Abs: [unary(onnx.abs)],
    Reciprocal: [unary(onnx.reciprocal, positive(2, 3))],
    Cast: [{ ...unary((x) => onnx.mul(onnx.cast(x, 'float32'), 2)), step: 0.25, tolerance: 1e-5 }],
    CastLike: [
      {
        ...unary((x) =>
          onnx.mul(
            onnx.apply('CastLike', [x, onnx.scalar(0)], { dtype: 'float32', shape: x.shape }),
            2,
          ),
        ),
        step: 0.25,
        tolerance: 1e-5,
      },
    ],
    Floor: stepwise(onnx.floor),
    Ceil: stepwise(onnx.ceil),
    Round: stepwise(onnx.round),
    Sign: stepwise(onnx.sign),
    Identity: [unary((x) => onnx.apply('Identity', [x], x))],
  },
  golden: {
    Add: ({ a, b }) => onnx.add(a!, b!),
    Sub: ({ a, b }) => onnx.sub(a!, b!),
    Mul: ({ a, b }) => onnx.mul(a!, b!),
    Div: ({ a, b }) => onnx.div(a!, b!),
    Pow: ({ a, b }) => onnx.pow(a!, b!),
    'Pow, constant': ({ a }) =>
      onnx.sum(onnx.pow(a!, 2), onnx.pow(a!, 0.5), onnx.pow(a!, -1.5), onnx.pow(a!, 3.3)),
    Mod: ({ a, b }) => onnx.mod(a!, b!),
    Sum: ({ a, b, c }) => onnx.sum(a!, b!, c!),
    Mean: ({ a, b, c }) => onnx.mean(a!, b!, c!),
    Max: ({ a, b }) => onnx.maximum(a!, b!),
    Min: ({ a, b }) => onnx.minimum(a!, b!),
    'Max of three': ({ a, b, c }) => onnx.maximum(a!, b!, c!),
    'Min of three': ({ a, b, c }) => onnx.minimum(a!, b!, c!),
    Floor: ({ x }) => onnx.mul(onnx.floor(x!), x!),
    Ceil: ({ x }) => onnx.mul(onnx.ceil(x!), x!),
    Round: ({ x }) => onnx.mul(onnx.round(x!), x!),
    Sign: ({ x }) => onnx.mul(onnx.sign(x!), x!),
    Where: ({ a, b }) => onnx.where(keep, a!, b!),
    Neg: ({ x }) => onnx.neg(x!),
    Exp: ({ x }) => onnx.exp(x!),
    Abs: ({ x }) => onnx.abs(x!),
    Cast: ({ x }) => onnx.cast(onnx.cast(x!, 'float64'), 'float32'),
    CastLike: ({ x }) =>
      onnx.cast(
        onnx.apply('CastLike', [x!, onnx.constant(tensor('float64', [], Float64Array.of(0)))], {
          dtype: 'float64',
          shape: x!.shape,
        }),
        'float32',
      ),
    Identity: ({ x }) => onnx.apply('Identity', [x!], x!),
    Sqrt: ({ x }) => onnx.sqrt(x!),
    Erf: ({ x }) => onnx.erf(x!),
    Log: ({ x }) => onnx.log(x!),
    Reciprocal: ({ x }) => onnx.reciprocal(x!),
  },
}

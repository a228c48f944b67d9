import * as onnx from '../../src/onnx/index.ts'
import { tensor } from '../../src/tensor/index.ts'
import { binary, curved32, type Family, positive, single, smooth, unary } from './case.ts'

const keep = onnx.constant(tensor('bool', [4, 1], Uint8Array.of(1, 0, 1, 1)))

/** Proof of the rules in src/autodiff/elementwise.ts. For tests only. */
export const elementwise: Family = {
  cases: {
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
    Identity: [unary((x) => onnx.apply('Identity', [x], x))],
  },
  golden: {
    Add: ({ a, b }) => onnx.add(a!, b!),
    Sub: ({ a, b }) => onnx.sub(a!, b!),
    Mul: ({ a, b }) => onnx.mul(a!, b!),
    Div: ({ a, b }) => onnx.div(a!, b!),
    Pow: ({ a, b }) => onnx.pow(a!, b!),
    Max: ({ a, b }) => onnx.maximum(a!, b!),
    Min: ({ a, b }) => onnx.minimum(a!, b!),
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

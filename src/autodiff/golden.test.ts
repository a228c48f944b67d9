import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import * as onnx from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { type Tensor, tensor } from '../tensor/index.ts'
import { gradients } from './gradients.ts'
import { gradientRules } from './rules.ts'

interface Numbers {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

/** By tests/golden/make-operators.py, PyTorch in float64: f, and the gradients of Σ f · r. */
const golden: Record<
  string,
  {
    readonly inputs: Record<string, Numbers>
    readonly r: Numbers
    readonly y: Numbers
    readonly gradients: Record<string, Numbers>
  }
> = JSON.parse(
  await readFile(new URL('../../tests/golden/operators.json', import.meta.url), 'utf8'),
)

type Values = Readonly<Record<string, onnx.Value>>
const keep = onnx.constant(tensor('bool', [4, 1], Uint8Array.of(1, 0, 1, 1)))
const convolution =
  (options: onnx.ConvOptions) =>
  ({ x, w, bias }: Values) =>
    onnx.conv(x!, w!, { ...options, bias: bias! })

/** The same functions as in the script, by our builders. */
const functions: Readonly<Record<string, (values: Values) => onnx.Value>> = {
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
  Relu: ({ x }) => onnx.relu(x!),
  LeakyRelu: ({ x }) => onnx.leakyRelu(x!, 0.2),
  Clip: ({ x }) => onnx.clip(x!, -0.5, 0.75),
  Sigmoid: ({ x }) => onnx.sigmoid(x!),
  Tanh: ({ x }) => onnx.tanh(x!),
  Softplus: ({ x }) => onnx.apply('Softplus', [x!], x!),
  Cast: ({ x }) => onnx.cast(onnx.cast(x!, 'float64'), 'float32'),
  Identity: ({ x }) => onnx.apply('Identity', [x!], x!),
  Sqrt: ({ x }) => onnx.sqrt(x!),
  Log: ({ x }) => onnx.log(x!),
  Reciprocal: ({ x }) => onnx.reciprocal(x!),
  MatMul: ({ a, b }) => onnx.matmul(a!, b!),
  Gemm: ({ a, b, c }) =>
    onnx.gemm(a!, b!, { transposeA: true, transposeB: true, alpha: 0.5, bias: c! }),
  Conv: convolution({ pads: [1, 1, 1, 1] }),
  'Conv strided, even': convolution({ pads: [1, 1, 1, 1], strides: [2, 2] }),
  'Conv strided, odd': convolution({ pads: [1, 1, 1, 1], strides: [2, 2] }),
  'Conv depthwise': convolution({ pads: [1, 1, 1, 1], strides: [2, 2], groups: 4 }),
  'Conv dilated': convolution({ pads: [2, 0, 2, 0], strides: [1, 2], dilations: [2, 3] }),
  MaxPool: ({ x }) => onnx.maxPool(x!, [2, 3]),
  GlobalAveragePool: ({ x }) => onnx.globalAveragePool(x!),
  BatchNormalization: ({ x, scale, shift, mean, variance }) =>
    onnx.batchNormalization(x!, {
      scale: scale!,
      shift: shift!,
      mean: mean!,
      variance: variance!,
      epsilon: 0.01,
    }),
  ReduceSum: ({ x }) => onnx.reduceSum(x!, { axes: [0, 2] }),
  ReduceMean: ({ x }) => onnx.reduceMean(x!, { axes: [1], keepAxes: true }),
  ReduceMax: ({ x }) => onnx.reduceMax(x!, { axes: [0, 2] }),
  ReduceMin: ({ x }) => onnx.reduceMin(x!, { axes: [1], keepAxes: true }),
  Reshape: ({ x }) => onnx.reshape(x!, [4, -1]),
  Flatten: ({ x }) => onnx.flatten(x!),
  Unsqueeze: ({ x }) => onnx.unsqueeze(x!, [1, 3]),
  Squeeze: ({ x }) =>
    onnx.apply('Squeeze', [x!, onnx.integers([1])], { dtype: 'float32', shape: [2, 3] }),
  Transpose: ({ x }) => onnx.transpose(x!, [2, 0, 1]),
  Expand: ({ x }) => onnx.expand(x!, [5, 2, 3]),
  Concat: ({ a, b }) => onnx.concat([a!, b!], 1),
  Slice: ({ x }) =>
    onnx.slice(x!, [
      { axis: 1, start: 1, end: 3 },
      { axis: 2, start: -2, end: 3 },
    ]),
  Pad: ({ x }) => onnx.pad(x!, [0, 1], [2, 0]),
}

test('every rule has golden values, and every golden value is used', () => {
  expect(Object.keys(functions).sort()).toEqual(Object.keys(golden).sort())
  expect(Object.keys(gradientRules).filter((op) => golden[op] === undefined)).toEqual([])
})

test.each(Object.keys(functions))(
  '%s is what PyTorch computes, and so is its gradient',
  async (name) => {
    const { inputs, r, y, gradients: wanted } = golden[name]!
    const values = Object.fromEntries(
      Object.entries(inputs).map(([key, { shape }]) => [key, onnx.input(key, shape)]),
    )
    const f = functions[name]!(values)
    const loss = onnx.reduceSum(onnx.mul(f, onnx.constant(single(r))))
    const slopes = gradients(loss, Object.values(values))
    const outputs = Object.fromEntries(
      Object.keys(values).map((key, i) => [`d_${key}`, slopes[i]!]),
    )
    const feeds = Object.fromEntries(Object.entries(inputs).map(([key, x]) => [key, single(x)]))
    const found: Record<string, Tensor> = await evaluate({ f, ...outputs }, feeds, { threads: 1 })
    expect(f.shape).toEqual(y.shape)
    expect(found.f!.shape).toEqual(y.shape)
    expectClose(found.f!, y, 3e-6, 'f')
    for (const [key, slope] of Object.entries(wanted)) {
      expect(found[`d_${key}`]!.shape).toEqual(slope.shape)
      expectClose(found[`d_${key}`]!, slope, 3e-6, `gradient by ${key}`)
    }
  },
)

function single({ shape, data }: Numbers): Tensor<'float32'> {
  return tensor('float32', shape, Float32Array.from(data))
}

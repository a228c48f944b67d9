import * as onnx from '../../src/onnx/index.ts'
import { type Tensor, tensor } from '../../src/tensor/index.ts'
import { type Case, curved32, type Family, single, smooth, unary, type Values } from './case.ts'

const number = (value: number): Tensor<'float64'> => tensor('float64', [], Float64Array.of(value))
const other0 = (value: number): onnx.Value => onnx.constant(number(value))
/** onnxruntime has most of them for float32 alone. */
const in32 = (f: (x: onnx.Value) => onnx.Value): Case => ({
  ...unary(f, single(2, 3)),
  ...curved32,
})

/** Proof of the rules in src/autodiff/activation.ts. For tests only. */
export const activation: Family = {
  cases: {
    Relu: [unary(onnx.relu)],
    LeakyRelu: [0.2, 1, 3, -0.5, 0].map((alpha) => ({
      ...unary((x) => onnx.leakyRelu(x, alpha), single(2, 3)),
      tolerance: 1e-4,
    })),
    Clip: [
      unary((x) => onnx.clip(x, -0.5, 0.75)),
      unary((x) => onnx.apply('Clip', [x, null, other0(0.3)], x)),
      unary((x) => onnx.apply('Clip', [x, other0(-0.2)], x)),
      unary((x) => onnx.apply('Clip', [x], x)),
      ...[
        [-0.5, 0.75],
        [0.3, -0.2],
      ].map(([low, high]) => ({
        at: { x: smooth(2, 3), low: number(low!), high: number(high!) },
        of: ({ x, low, high }: Values) => onnx.apply('Clip', [x!, low!, high!], x!),
      })),
      {
        at: { x: smooth(2, 3), low: number(-0.3) },
        of: ({ x, low }) => onnx.apply('Clip', [x!, low!], x!),
      },
    ],
    PRelu: [single(3), single(3, 1), single(1, 1)].map((slope) => ({
      at: { x: single(2, 3, 3), slope },
      of: ({ x, slope }) => onnx.pRelu(x!, slope!),
      tolerance: 1e-4,
    })),
    Sigmoid: [unary(onnx.sigmoid)],
    HardSigmoid: [
      { ...unary((x) => onnx.hardSigmoid(x, 0.5, 0.4), single(2, 3)), tolerance: 1e-4 },
      {
        ...unary((x) => onnx.apply('HardSigmoid', [onnx.mul(x, 2)], x), single(2, 3)),
        ...curved32,
      },
    ],
    HardSwish: [{ ...unary((x) => onnx.hardSwish(onnx.mul(x, 4)), single(2, 3)), ...curved32 }],
    Tanh: [unary(onnx.tanh)],
    Softplus: [in32(onnx.softplus)],
    Softsign: [in32(onnx.softsign)],
    Mish: [in32(onnx.mish)],
    ThresholdedRelu: [
      in32((x) => onnx.mul(onnx.thresholdedRelu(x, 0.3), 1)),
      in32((x) => onnx.thresholdedRelu(x, -0.4)),
      in32((x) => onnx.apply('ThresholdedRelu', [x], x)),
    ],
    Shrink: [
      // its kernel for float64 computes in float32
      in32((x) => onnx.apply('Shrink', [x], x)),
      in32((x) => onnx.apply('Shrink', [x], x, { lambd: onnx.float(0.3), bias: onnx.float(0.2) })),
    ],
    Elu: [
      in32((x) => onnx.elu(x)),
      in32((x) => onnx.elu(x, 0.3)),
      in32((x) => onnx.elu(x, 2)),
      in32((x) => onnx.elu(x, -0.5)),
    ],
    Selu: [
      in32(onnx.selu),
      in32((x) => onnx.apply('Selu', [x], x, { alpha: onnx.float(0.5), gamma: onnx.float(3) })),
    ],
    Celu: [in32((x) => onnx.celu(x)), in32((x) => onnx.celu(x, 0.3))],
  },
  golden: {
    Relu: ({ x }) => onnx.relu(x!),
    LeakyRelu: ({ x }) => onnx.leakyRelu(x!, 0.2),
    Clip: ({ x }) => onnx.clip(x!, -0.5, 0.75),
    PRelu: ({ x, slope }) => onnx.pRelu(x!, slope!),
    HardSigmoid: ({ x }) => onnx.hardSigmoid(onnx.mul(x!, 4), 1 / 6),
    HardSwish: ({ x }) => onnx.hardSwish(onnx.mul(x!, 4)),
    Sigmoid: ({ x }) => onnx.sigmoid(x!),
    Tanh: ({ x }) => onnx.tanh(x!),
    Softplus: ({ x }) => onnx.softplus(x!),
    Softsign: ({ x }) => onnx.softsign(x!),
    Mish: ({ x }) => onnx.mish(x!),
    ThresholdedRelu: ({ x }) => onnx.thresholdedRelu(x!, 0.4),
    Shrink: ({ x }) =>
      onnx.apply('Shrink', [x!], x!, { lambd: onnx.float(0.4), bias: onnx.float(0.4) }),
    Elu: ({ x }) => onnx.elu(x!, 0.7),
    Selu: ({ x }) => onnx.selu(x!),
    Celu: ({ x }) => onnx.celu(x!, 0.6),
  },
}

import * as onnx from '../../src/onnx/index.ts'
import { tensor } from '../../src/tensor/index.ts'
import { curved32, type Family, single, unary } from './case.ts'

/** A scalar of float64. */
const other0 = (value: number): onnx.Value =>
  onnx.constant(tensor('float64', [], Float64Array.of(value)))

/** Proof of the rules in src/autodiff/activation.ts. For tests only. */
export const activation: Family = {
  cases: {
    Relu: [unary(onnx.relu)],
    LeakyRelu: [{ ...unary((x) => onnx.leakyRelu(x, 0.2), single(2, 3)), tolerance: 1e-4 }],
    Clip: [
      unary((x) => onnx.clip(x, -0.5, 0.75)),
      unary((x) => onnx.apply('Clip', [x, null, other0(0.3)], x)),
      unary((x) => onnx.apply('Clip', [x, other0(-0.2)], x)),
      unary((x) => onnx.apply('Clip', [x], x)),
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
    Gelu: [
      { ...unary((x) => onnx.gelu(x), single(2, 3)), ...curved32 },
      { ...unary((x) => onnx.gelu(x, 'tanh'), single(2, 3)), ...curved32 },
      { ...unary((x) => onnx.apply('Gelu', [x], x), single(2, 3)), ...curved32 },
    ],
    Tanh: [unary(onnx.tanh)],
    Softplus: [{ ...unary((x) => onnx.apply('Softplus', [x], x), single(2, 3)), ...curved32 }],
  },
  golden: {
    Relu: ({ x }) => onnx.relu(x!),
    LeakyRelu: ({ x }) => onnx.leakyRelu(x!, 0.2),
    Clip: ({ x }) => onnx.clip(x!, -0.5, 0.75),
    PRelu: ({ x, slope }) => onnx.pRelu(x!, slope!),
    HardSigmoid: ({ x }) => onnx.hardSigmoid(onnx.mul(x!, 4), 1 / 6),
    HardSwish: ({ x }) => onnx.hardSwish(onnx.mul(x!, 4)),
    Gelu: ({ x }) => onnx.gelu(x!),
    'Gelu, tanh': ({ x }) => onnx.gelu(x!, 'tanh'),
    Sigmoid: ({ x }) => onnx.sigmoid(x!),
    Tanh: ({ x }) => onnx.tanh(x!),
    Softplus: ({ x }) => onnx.apply('Softplus', [x!], x!),
  },
}

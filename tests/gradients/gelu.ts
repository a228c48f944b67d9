import * as onnx from '../../src/onnx/index.ts'
import { curved32, type Family, single, smooth, unary, type Values } from './case.ts'

/** An operator of onnxruntime's own set. */
const microsoft = (
  op: string,
  inputs: readonly (onnx.Value | undefined)[],
  attributes?: onnx.Attributes,
): onnx.Value =>
  onnx.compute({
    op,
    domain: 'com.microsoft',
    inputs: inputs as onnx.Value[],
    outputs: [inputs[0]!],
    ...(attributes && { attributes }),
  })[0]!

const biased =
  (op: string) =>
  ({ x, bias }: Values) =>
    microsoft(op, [x, bias])
const alone = (f: (x: onnx.Value) => onnx.Value) => ({ ...unary(f, single(2, 3)), ...curved32 })

/** Proof of the rules in src/autodiff/gelu.ts. For tests only. */
export const gelu: Family = {
  cases: {
    Gelu: [
      alone((x) => onnx.gelu(x)),
      unary((x) => onnx.gelu(x, 'tanh')),
      alone((x) => onnx.apply('Gelu', [x], x)),
    ],
    'com.microsoft.Gelu': [alone((x) => microsoft('Gelu', [x]))],
    'com.microsoft.BiasGelu': [
      { at: { x: single(2, 3), bias: single(3) }, of: biased('BiasGelu'), ...curved32 },
    ],
    'com.microsoft.FastGelu': [
      // its constants have 32 bits
      { ...unary((x) => microsoft('FastGelu', [x])), tolerance: 1e-5 },
      { at: { x: smooth(2, 3), bias: smooth(3) }, of: biased('FastGelu'), tolerance: 1e-5 },
    ],
    'com.microsoft.QuickGelu': [
      alone((x) => microsoft('QuickGelu', [x])),
      alone((x) => microsoft('QuickGelu', [x], { alpha: onnx.float(-0.7) })),
    ],
  },
  golden: {
    Gelu: ({ x }) => onnx.gelu(x!),
    'Gelu, tanh': ({ x }) => onnx.gelu(x!, 'tanh'),
    'com.microsoft.Gelu': ({ x }) => microsoft('Gelu', [x]),
    'com.microsoft.BiasGelu': biased('BiasGelu'),
    'com.microsoft.FastGelu': biased('FastGelu'),
    'com.microsoft.QuickGelu': ({ x }) => microsoft('QuickGelu', [x]),
  },
}

import * as onnx from '../../src/onnx/index.ts'
import { curved32, type Family, single, unary } from './case.ts'

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

const biased = (op: string) => ({
  at: { x: single(2, 3), bias: single(3) },
  of: ({ x, bias }: Readonly<Record<string, onnx.Value>>) => microsoft(op, [x, bias]),
  ...curved32,
})
const alone = (f: (x: onnx.Value) => onnx.Value) => ({ ...unary(f, single(2, 3)), ...curved32 })

/** Proof of the rules in src/autodiff/gelu.ts. For tests only. */
export const gelu: Family = {
  cases: {
    Gelu: [
      alone((x) => onnx.gelu(x)),
      alone((x) => onnx.gelu(x, 'tanh')),
      alone((x) => onnx.apply('Gelu', [x], x)),
    ],
    'com.microsoft.Gelu': [alone((x) => microsoft('Gelu', [x]))],
    'com.microsoft.BiasGelu': [biased('BiasGelu')],
    'com.microsoft.FastGelu': [alone((x) => microsoft('FastGelu', [x])), biased('FastGelu')],
    'com.microsoft.QuickGelu': [
      alone((x) => microsoft('QuickGelu', [x])),
      alone((x) => microsoft('QuickGelu', [x], { alpha: onnx.float(-0.7) })),
    ],
  },
  golden: {
    Gelu: ({ x }) => onnx.gelu(x!),
    'Gelu, tanh': ({ x }) => onnx.gelu(x!, 'tanh'),
    'com.microsoft.Gelu': ({ x }) => microsoft('Gelu', [x]),
    'com.microsoft.BiasGelu': ({ x, bias }) => microsoft('BiasGelu', [x, bias]),
    'com.microsoft.FastGelu': ({ x, bias }) => microsoft('FastGelu', [x, bias]),
    'com.microsoft.QuickGelu': ({ x }) => microsoft('QuickGelu', [x]),
  },
}

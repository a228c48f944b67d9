import * as onnx from '../../src/onnx/index.ts'
import { type Shape, type Tensor, tensor } from '../../src/tensor/index.ts'
import { type Case, curved32, type Family, single, unary } from './case.ts'

const inside = (...shape: Shape) => moved(shape, (x) => x / 2)
const beyond = (...shape: Shape) => moved(shape, (x) => x + 3)

function moved(shape: Shape, f: (x: number) => number): Tensor<'float32'> {
  return tensor('float32', shape, single(...shape).data.map(f))
}

/** onnxruntime has most of them for float32 alone. */
const in32 = (f: (x: onnx.Value) => onnx.Value, within = single): Case => ({
  ...unary(f, within(2, 3)),
  ...curved32,
})

/** Proof of the rules in src/autodiff/trigonometric.ts. For tests only. */
export const trigonometric: Family = {
  cases: {
    Sin: [unary(onnx.sin)],
    Cos: [unary(onnx.cos)],
    Tan: [in32(onnx.tan, inside)],
    Asin: [in32(onnx.asin, inside)],
    Acos: [in32(onnx.acos, inside)],
    Atan: [in32(onnx.atan)],
    Sinh: [in32(onnx.sinh)],
    Cosh: [in32(onnx.cosh)],
    Asinh: [in32(onnx.asinh)],
    Acosh: [in32(onnx.acosh, beyond)],
    Atanh: [in32(onnx.atanh, inside)],
  },
  golden: {
    Sin: ({ x }) => onnx.sin(x!),
    Cos: ({ x }) => onnx.cos(x!),
    Tan: ({ x }) => onnx.tan(x!),
    Asin: ({ x }) => onnx.asin(x!),
    Acos: ({ x }) => onnx.acos(x!),
    Atan: ({ x }) => onnx.atan(x!),
    Sinh: ({ x }) => onnx.sinh(x!),
    Cosh: ({ x }) => onnx.cosh(x!),
    Asinh: ({ x }) => onnx.asinh(x!),
    Acosh: ({ x }) => onnx.acosh(x!),
    Atanh: ({ x }) => onnx.atanh(x!),
  },
}

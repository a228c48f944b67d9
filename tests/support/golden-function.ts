import { expect } from 'vitest'
import { gradients } from '../../src/autodiff/index.ts'
import * as onnx from '../../src/onnx/index.ts'
import { evaluate } from '../../src/runtime/index.ts'
import { type Tensor, tensor } from '../../src/tensor/index.ts'
import { expectClose } from './expect-close.ts'

interface Numbers {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

/** A function f at a place by PyTorch in float64, and the gradients of Σ f · r. For tests only. */
export interface GoldenFunction {
  readonly inputs: Readonly<Record<string, Numbers>>
  readonly r: Numbers
  readonly y: Numbers
  readonly gradients: Readonly<Record<string, Numbers>>
}

/** Compares a function of Values and its gradients with golden ones. For tests only. */
export async function checkGoldenFunction(
  { inputs, r, y, gradients: wanted }: GoldenFunction,
  of: (values: Readonly<Record<string, onnx.Value>>) => onnx.Value,
): Promise<void> {
  const values = Object.fromEntries(
    Object.entries(inputs).map(([key, { shape }]) => [key, onnx.input(key, shape)]),
  )
  const f = of(values)
  const loss = onnx.reduceSum(onnx.mul(f, onnx.constant(single(r))))
  const slopes = gradients(loss, Object.values(values))
  const outputs = Object.fromEntries(Object.keys(values).map((key, i) => [`d_${key}`, slopes[i]!]))
  const feeds = Object.fromEntries(Object.entries(inputs).map(([key, x]) => [key, single(x)]))
  const found: Record<string, Tensor> = await evaluate({ f, ...outputs }, feeds, { threads: 1 })
  expect(f.shape).toEqual(y.shape)
  expect(found.f!.shape).toEqual(y.shape)
  expectClose(found.f!, y, 3e-6, 'f')
  for (const [key, slope] of Object.entries(wanted)) {
    expect(found[`d_${key}`]!.shape).toEqual(slope.shape)
    expectClose(found[`d_${key}`]!, slope, 3e-6, `gradient by ${key}`)
  }
}

function single({ shape, data }: Numbers): Tensor<'float32'> {
  return tensor('float32', shape, Float32Array.from(data))
}

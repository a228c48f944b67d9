import { AttributeProto_AttributeType as Kind, TensorProto_DataType as Type } from 'onnx-buf'
import { expect } from 'vitest'
import { rngFromSeed } from '../../src/core/index.ts'
import { readModel, toValues, writeModel } from '../../src/onnx/index.ts'
import { measureShapes, openSession } from '../../src/runtime/index.ts'
import type { Tensor } from '../../src/tensor/index.ts'
import { expectClose } from './expect-close.ts'
import { floats, modelBytes, type TensorInit } from './model-bytes.ts'
import { random } from './random-tensor.ts'

/** A list of integers as an attribute. For tests only. */
export const ints = (name: string, ...values: number[]) => ({
  name,
  type: Kind.INTS,
  ints: values.map(BigInt),
})
/** An integer as an attribute. For tests only. */
export const int = (name: string, value: number) => ({ name, type: Kind.INT, i: BigInt(value) })
/** A number as an attribute. For tests only. */
export const float = (name: string, f: number) => ({ name, type: Kind.FLOAT, f })
/** A text as an attribute. For tests only. */
export const text = (name: string, value: string) => ({
  name,
  type: Kind.STRING,
  s: new TextEncoder().encode(value),
})

/** A model of one node in some operator set. For tests only. */
export interface Old {
  readonly op: string
  readonly opset: number
  readonly shape: readonly number[]
  readonly attributes?: readonly (
    | ReturnType<typeof ints | typeof int | typeof float | typeof text>
    | { readonly name: string; readonly type: Kind; readonly floats: number[] }
    | { readonly name: string; readonly t: TensorInit }
  )[]
  /** What follows the input: initializers, or the input again. */
  readonly more?: readonly (TensorInit | 'x')[]
  readonly outputs?: number
  /** How far off it may be, where it is computed in another way. */
  readonly tolerance?: number
}

/** The model as a file, perhaps with axes of any size. For tests only. */
export function oldModel(old: Old, shape: readonly (number | string)[] = old.shape): Uint8Array {
  const { op, opset, attributes = [], more = [], outputs = 1 } = old
  const output = Array.from({ length: outputs }, (_, i) => `y${i}`)
  const input = ['x', ...more.map((one) => (one === 'x' ? one : one.name!))]
  const typed = (i: number) => {
    const elemType = op === 'TopK' && i === 1 ? Type.INT64 : Type.FLOAT
    return { value: { case: 'tensorType' as const, value: { elemType } } }
  }
  return modelBytes(
    {
      input: [floats('x', ...shape)],
      output: output.map((name, i) => ({ name, type: typed(i) })),
      initializer: more.filter((one) => one !== 'x'),
      node: [{ opType: op, input, output, attribute: [...attributes] }],
    },
    { irVersion: opset > 20 ? 10n : 4n, opsetImport: [{ version: BigInt(opset) }] },
  )
}

/** Runs a model once. For tests only. */
export async function runModel(model: Uint8Array, feeds: Record<string, Tensor>) {
  const session = await openSession(model, { threads: 1 })
  try {
    return await session.run(feeds)
  } finally {
    await session.close()
  }
}

/** Fails unless the model computes the same once it is read and written again. For tests only. */
export async function expectSameAsOld(old: Old): Promise<void> {
  const model = oldModel(old)
  const feeds = { x: random('float32', old.shape, rngFromSeed(6)) }
  const graph = await readModel(model)
  const { outputs } = toValues(graph, await measureShapes(graph, feeds, { threads: 1 }))
  const [before, after] = [await runModel(model, feeds), await runModel(writeModel(outputs), feeds)]
  if (old.tolerance === undefined) expect(after).toEqual(before)
  for (const [name, { shape, data }] of Object.entries(before)) {
    expect(after[name]!.shape).toEqual(shape)
    expectClose(after[name]!, data, old.tolerance ?? 0)
  }
}

/** Fails unless reading the model fails so. For tests only. */
export async function expectRefused(old: Old, message: RegExp): Promise<void> {
  const graph = await readModel(oldModel(old))
  const shapes = ['x', 'y0', 'y1'].map(
    (name) => [name, { dtype: 'float32', shape: old.shape }] as const,
  )
  expect(() => toValues(graph, new Map(shapes))).toThrow(message)
}

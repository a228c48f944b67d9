import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { families } from '../../tests/gradients/index.ts'
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

interface GoldenValues {
  readonly inputs: Record<string, Numbers>
  readonly r: Numbers
  readonly y: Numbers
  readonly gradients: Record<string, Numbers>
}

/** By the scripts of tests/golden/operators, PyTorch in float64: f, and the gradients of Σ f · r. */
const golden: Record<string, Record<string, GoldenValues>> = {}
for (const family of Object.keys(families)) {
  const file = new URL(`../../tests/golden/operators/${family}.json`, import.meta.url)
  golden[family] = JSON.parse(await readFile(file, 'utf8'))
}
const all = Object.entries(families).flatMap(([family, { golden: functions }]) =>
  Object.entries(functions).map(([name, f]) => ({ family, name, f })),
)

test('every rule has golden values, and every golden value is used', () => {
  for (const [family, { golden: functions }] of Object.entries(families))
    expect(Object.keys(functions).sort()).toEqual(Object.keys(golden[family]!).sort())
  const proven = new Set(all.map(({ name }) => name.split(' ')[0]!.replace(',', '')))
  expect(Object.keys(gradientRules).filter((op) => !proven.has(op))).toEqual([])
})

test.each(all)('$name is what PyTorch computes, and so is its gradient', async (one) => {
  const { inputs, r, y, gradients: wanted } = golden[one.family]![one.name]!
  const values = Object.fromEntries(
    Object.entries(inputs).map(([key, { shape }]) => [key, onnx.input(key, shape)]),
  )
  const f = one.f(values)
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
})

function single({ shape, data }: Numbers): Tensor<'float32'> {
  return tensor('float32', shape, Float32Array.from(data))
}

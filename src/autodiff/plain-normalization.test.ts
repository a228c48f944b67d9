import { expect, test } from 'vitest'
import * as onnx from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import { gradients } from './gradients.ts'

const x = onnx.input('x', [2, 3])
const at = (...data: number[]) => ({ x: tensor('float32', [2, 3], Float32Array.from(data)) })

test.each([1, 2])(
  'LpNormalization, p = %i: a row of zeros has no gradient, nor the row beside it another',
  async (p) => {
    const y = onnx.apply('LpNormalization', [x], x, { p: onnx.int(p) })
    const weights = onnx.constant(at(1, -2, 3, 1, -2, 3).x)
    const [dx] = gradients(onnx.reduceSum(onnx.mul(y, weights)), [x])
    const beside = await evaluate({ dx: dx! }, at(0, 0, 0, 3, 0, -4))
    const alone = await evaluate({ dx: dx! }, at(1, 1, 1, 3, 0, -4))
    for (const one of beside.dx.data.slice(0, 3)) expect(Math.abs(Number(one))).toBe(0)
    expect([...beside.dx.data].slice(3)).toEqual([...alone.dx.data].slice(3))
  },
)

test('LpNormalization does not see the length of its input: the gradient is orthogonal to it', async () => {
  for (const p of [1, 2]) {
    const y = onnx.apply('LpNormalization', [x], x, { p: onnx.int(p) })
    const [dx] = gradients(onnx.reduceSum(onnx.exp(y)), [x])
    const along = onnx.reduceSum(onnx.mul(dx!, x), { axes: [1] })
    const found = await evaluate({ along }, at(0.3, -2, 1, 4, 0.5, -0.25))
    for (const one of found.along.data) expect(Math.abs(Number(one))).toBeLessThan(1e-6)
  }
})

test('MeanVarianceNormalization sees neither scale nor offset: its gradient is orthogonal to both', async () => {
  const y = onnx.apply('MeanVarianceNormalization', [x], x, { axes: onnx.ints([1]) })
  const [dx] = gradients(onnx.reduceSum(onnx.exp(y)), [x])
  const sum = onnx.reduceSum(dx!, { axes: [1] })
  const along = onnx.reduceSum(onnx.mul(dx!, x), { axes: [1] })
  const found = await evaluate({ sum, along }, at(0.3, -2, 1, 4, 0.5, -0.25))
  for (const one of [...found.sum.data, ...found.along.data])
    expect(Math.abs(Number(one))).toBeLessThan(1e-6)
})

import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import * as onnx from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import { gradients } from './gradients.ts'

test('what a mask of −∞ hides has no share and no gradient, and the rest the gradient without it', async () => {
  const x = onnx.input('x', [2, 4])
  const seen = onnx.input('seen', [2, 4], 'bool')
  const r = onnx.constant(tensor('float32', [2, 4], Float32Array.of(1, -2, 3, 5, 0.5, 7, -1, 2)))
  const masked = onnx.softmax(onnx.where(seen, x, -Infinity))
  const [dx] = gradients(onnx.reduceSum(onnx.mul(masked, r)), [x])
  // the same rows without what is hidden
  const short = onnx.input('short', [1, 2])
  const pair = onnx.constant(tensor('float32', [1, 2], Float32Array.of(1, 3)))
  const [dShort] = gradients(onnx.reduceSum(onnx.mul(onnx.softmax(short), pair)), [short])
  const found = await evaluate(
    { y: masked, dx: dx!, dShort: dShort! },
    {
      x: tensor('float32', [2, 4], Float32Array.of(0.3, 9, -0.4, 2, 1, 2, 3, 4)),
      seen: tensor('bool', [2, 4], Uint8Array.of(1, 0, 1, 0, 0, 0, 0, 1)),
      short: tensor('float32', [1, 2], Float32Array.of(0.3, -0.4)),
    },
  )
  const [a, b] = found.dShort.data as Float32Array
  expectClose(found.dx, [a!, 0, b!, 0, 0, 0, 0, 0], 1e-6)
  expect([...found.y.data].slice(4)).toEqual([0, 0, 0, 1])
})

test('a constant added to every element changes neither output nor gradient; gradients sum to 0', async () => {
  const x = onnx.input('x', [3, 5], 'float64')
  const r = onnx.input('r', [3, 5], 'float64')
  for (const f of [onnx.softmax, onnx.logSoftmax]) {
    const y = f(x)
    const [dx] = gradients(onnx.reduceSum(onnx.mul(y, r)), [x])
    const at = (offset: number) => ({
      x: tensor(
        'float64',
        [3, 5],
        Float64Array.from({ length: 15 }, (_, i) => Math.sin(i) + offset),
      ),
      r: tensor(
        'float64',
        [3, 5],
        Float64Array.from({ length: 15 }, (_, i) => Math.cos(7 * i)),
      ),
    })
    const values = { y, dx: dx!, sum: onnx.reduceSum(dx!, { axes: [1] }) }
    const [near, far] = [await evaluate(values, at(0)), await evaluate(values, at(300))]
    expectClose(far.y, near.y, 1e-12)
    expectClose(far.dx, near.dx, 1e-12)
    for (const sum of near.sum.data) expect(Math.abs(Number(sum))).toBeLessThan(1e-15)
  }
})

test('a mask of −∞ that is added hides as well: no gradient is NaN', async () => {
  const x = onnx.input('x', [1, 3])
  const mask = onnx.constant(tensor('float32', [3], Float32Array.of(0, -Infinity, 0)))
  const r = onnx.constant(tensor('float32', [1, 3], Float32Array.of(2, -7, 1)))
  const y = onnx.softmax(onnx.add(x, mask))
  const [dx] = gradients(onnx.reduceSum(onnx.mul(y, r)), [x])
  const found = await evaluate(
    { dx: dx! },
    { x: tensor('float32', [1, 3], Float32Array.of(1, 50, 1)) },
  )
  expectClose(found.dx, [0.25, 0, -0.25], 1e-6)
})

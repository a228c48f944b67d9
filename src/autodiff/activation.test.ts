import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import * as onnx from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import { gradients } from './gradients.ts'

/** The slopes of f at these places, in float32. */
async function slopes(f: (x: onnx.Value) => onnx.Value, ...places: readonly number[]) {
  const x = onnx.input('x', [places.length])
  const [slope] = gradients(onnx.reduceSum(f(x)), [x])
  const { y } = await evaluate(
    { y: slope! },
    { x: tensor('float32', x.shape, Float32Array.from(places)) },
  )
  return [...y.data]
}

// Worked out by hand.
test('at a kink an activation has one of its one-sided slopes', async () => {
  expect(await slopes((x) => onnx.hardSigmoid(x, 0.5, 0.5), -2, -1, 0, 1, 2)).toEqual([
    0, 0, 0.5, 0, 0,
  ])
  const [below, low, middle, high, above] = await slopes(onnx.hardSwish, -4, -3, 0, 3, 4)
  expect([below, low, middle, high, above]).toEqual([0, 0, 0.5, 1, 1])
  const slope = onnx.constant(tensor('float32', [1], Float32Array.of(0.25)))
  expect(await slopes((x) => onnx.pRelu(x, slope), -1, 0, 1)).toEqual([0.25, 0.25, 1])
})

test('far out Gelu is 0 or the identity, in both of its forms', async () => {
  for (const form of ['none', 'tanh'] as const)
    expectClose(
      await slopes((x) => onnx.gelu(x, form), -1e4, -30, 0, 30, 1e4),
      [0, 0, 0.5, 1, 1],
      1e-6,
    )
})

test('Gelu: the slopes at x and −x make 1 together, as Φ(x) + Φ(−x) does', async () => {
  const places = [0.1, 0.5, 1, 2, 3]
  for (const form of ['none', 'tanh'] as const) {
    const up = await slopes((x) => onnx.gelu(x, form), ...places)
    const down = await slopes((x) => onnx.gelu(x, form), ...places.map((x) => -x))
    expectClose(
      up.map((slope, i) => Number(slope) + Number(down[i])),
      places.map(() => 1),
      1e-6,
    )
  }
})

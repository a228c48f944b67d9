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
test('at a kink an activation has a slope between those of its sides', async () => {
  const { hardSigmoid, thresholdedRelu, elu, leakyRelu } = onnx
  expect(await slopes((x) => hardSigmoid(x, 0.5, 0.5), -2, -1, 0, 1, 2)).toEqual([0, 0, 0.5, 0, 0])
  expect(await slopes(onnx.hardSwish, -4, -3, 0, 3, 4)).toEqual([0, 0, 0.5, 1, 1])
  const slope = onnx.constant(tensor('float32', [1], Float32Array.of(0.25)))
  expect(await slopes((x) => onnx.pRelu(x, slope), -1, 0, 1)).toEqual([0.25, 0.25, 1])
  expect(await slopes((x) => leakyRelu(x, 0.25), -1, 0, 1)).toEqual([0.25, 0.25, 1])
  expect(await slopes((x) => leakyRelu(x, 2), -1, 0, 1)).toEqual([2, 1, 1])
  expect(await slopes((x) => leakyRelu(x, -1), -1, 0, 1)).toEqual([-1, 0, 1])
  expect(await slopes((x) => thresholdedRelu(x, 1), 0, 1, 2)).toEqual([0, 0, 1])
  expect(await slopes((x) => elu(x, 0.5), 0, 1)).toEqual([0.5, 1])
  expect(await slopes((x) => elu(x, 2), 0, 1)).toEqual([2, 1])
  expect(await slopes(onnx.relu, -1, 0, 1e-20, 1)).toEqual([0, 0, 1, 1])
})

test('what a limit cuts off is the slope by the limit, also where it is reached exactly', async () => {
  const x = onnx.input('x', [5])
  const [low, high] = [onnx.input('low', []), onnx.input('high', [])]
  const clipped = onnx.apply('Clip', [x, low, high], x)
  const [dx, dLow, dHigh] = gradients(onnx.reduceSum(clipped), [x, low, high])
  const slope = { dx: dx!, dLow: dLow!, dHigh: dHigh! }
  const at = (first: number, second: number) => ({
    x: tensor('float32', [5], Float32Array.of(-2, -1, 0, 1, 2)),
    low: tensor('float32', [], Float32Array.of(first)),
    high: tensor('float32', [], Float32Array.of(second)),
  })
  const between = await evaluate(slope, at(-1, 2))
  expect([between.dx, between.dLow, between.dHigh].map(({ data }) => [...data])).toEqual([
    [0, 0, 1, 1, 0],
    [2],
    [1],
  ])
  // ONNX: where the limits have changed places all become the upper one
  const crossed = await evaluate(slope, at(1, -1))
  expect([crossed.dx, crossed.dLow, crossed.dHigh].map(({ data }) => [...data])).toEqual([
    [0, 0, 0, 0, 0],
    [0],
    [5],
  ])
})

const limits: readonly [string, (x: onnx.Value) => onnx.Value, low: number, high: number][] = [
  ['Softplus', onnx.softplus, 0, 1],
  ['Softsign', onnx.softsign, 0, 0],
  ['Mish', onnx.mish, 0, 1],
  ['Elu', (x) => onnx.elu(x, 1.5), 0, 1],
  ['Selu', onnx.selu, 0, 1.0507],
  ['Celu', (x) => onnx.celu(x, 0.5), 0, 1],
  ['HardSwish', onnx.hardSwish, 0, 1],
  ['Swish', (x) => onnx.mul(x, onnx.sigmoid(x)), 0, 1],
]

test.each(limits)('%s: far out the slope is its limit', async (_, f, low, high) => {
  const found = await slopes(f, -1e30, -1e4, 1e4, 1e30)
  const wanted = [low, low, high, high]
  for (const [i, slope] of found.entries()) expect(slope).toBeCloseTo(wanted[i]!, 5)
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

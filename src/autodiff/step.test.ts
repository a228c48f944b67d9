import { expect, test } from 'vitest'
import * as onnx from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { type Tensor, tensor } from '../tensor/index.ts'
import { gradients } from './gradients.ts'
import { slopes, step } from './step.ts'

const { POSITIVE_INFINITY: infinity, NEGATIVE_INFINITY } = Number
const places = [NEGATIVE_INFINITY, -3e38, -1e-25, -0, 0, 1e-25, 3e38, infinity]
const inBoth: readonly Tensor<'float32' | 'float64'>[] = [
  tensor('float32', [8], Float32Array.from(places)),
  tensor('float64', [8], Float64Array.from(places)),
]

test.each(inBoth)('a step goes from 0 to 1 at 0, however near or far, in $dtype', async (x) => {
  const y = step(onnx.input('x', [8], x.dtype))
  const found = await evaluate({ y }, { x })
  expect(found.y.dtype).toBe(x.dtype)
  expect([...found.y.data]).toEqual([0, 0, 0, 0, 0, 1, 1, 1])
})

test.each(inBoth)('two slopes meet at 0 in a number between them, in $dtype', async (x) => {
  const place = onnx.input('x', [8], x.dtype)
  for (const [below, above, middle] of [
    [-1, 1, 0],
    [0.25, 1, 0.25],
    [2, 0.5, 0.5],
    [1, -2, 0],
  ] as const) {
    const found = await evaluate({ y: onnx.mul(slopes(place, below, above), 1) }, { x })
    const wanted = places.map((at) => (at < 0 ? below : at > 0 ? above : middle))
    // −0 is as good as 0
    expect(Array.from(found.y.data, Number).map((slope) => slope + 0)).toEqual(wanted)
  }
  expect(slopes(place, 3, 3)).toBe(3)
})

test('a step and a pair of slopes have themselves no slope', async () => {
  const x = onnx.input('x', [3])
  // |x|³ and max(0, x)³: 6 |x| and 6 max(0, x)
  const cubes = onnx.add(onnx.pow(onnx.abs(x), 3), onnx.pow(onnx.relu(x), 3))
  const [first] = gradients(onnx.reduceSum(cubes), [x])
  const [second] = gradients(onnx.reduceSum(first!), [x])
  const found = await evaluate(
    { y: second! },
    { x: tensor('float32', [3], Float32Array.of(-2, 0, 1)) },
  )
  expect([...found.y.data]).toEqual([12, 0, 12])
})

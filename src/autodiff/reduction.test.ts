import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { expectClose } from '../../tests/support/expect-close.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import * as onnx from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { sizeOf, tensor } from '../tensor/index.ts'
import { gradients } from './gradients.ts'

const reductions = {
  ReduceSum: onnx.reduceSum,
  ReduceMean: onnx.reduceMean,
  ReduceMax: onnx.reduceMax,
  ReduceMin: onnx.reduceMin,
  ReduceProd: onnx.reduceProd,
  ReduceL1: onnx.reduceL1,
  ReduceL2: onnx.reduceL2,
  ReduceSumSquare: onnx.reduceSumSquare,
  ReduceLogSum: (x: onnx.Value, options: onnx.ReduceOptions) =>
    onnx.reduceLogSum(onnx.exp(x), options),
  ReduceLogSumExp: onnx.reduceLogSumExp,
}
const shapes = fc
  .array(fc.integer({ min: 1, max: 3 }), { maxLength: 5 })
  .filter((shape) => sizeOf(shape) <= 36)

test.each(Object.entries(reductions))('%s over any axes, kept or not', (_, reduce) =>
  fc.assert(
    fc.asyncProperty(shapes, fc.boolean(), fc.integer(), async (shape, keepAxes, seed) => {
      const rng = rngFromSeed(seed)
      const axes = shape.flatMap((_, i) =>
        rng.integer(2) === 0 ? [rng.integer(2) === 0 ? i : i - shape.length] : [],
      )
      const ranks = rng.shuffle(Array.from({ length: sizeOf(shape) }, (_, i) => i))
      const x = tensor(
        'float64',
        shape,
        Float64Array.from(ranks, (rank) => rank / 10),
      )
      await checkGradient({ at: { x }, of: ({ x }) => onnx.mul(reduce(x!, { axes, keepAxes }), 2) })
    }),
    { numRuns: 25 },
  ),
)

test('equal extremes share the gradient', async () => {
  const x = onnx.input('x', [2, 3])
  const [dx] = gradients(onnx.reduceSum(onnx.reduceMax(x, { axes: [1] })), [x])
  const data = Float32Array.of(1, 4, 4, 2, 0, 1)
  const { y } = await evaluate({ y: dx! }, { x: tensor('float32', [2, 3], data) })
  expect([...y.data]).toEqual([0, 0.5, 0.5, 1, 0, 0])
})

test('no axes in the file: all of them, or none where the node says so', async () => {
  const at = { x: tensor('float64', [2, 3], Float64Array.of(1, 2, 3, 4, 5, 6)) }
  for (const inputs of [[], [null], [onnx.integers([])]])
    await checkGradient({
      at,
      of: ({ x }) =>
        onnx.apply(
          'ReduceSum',
          [x!, ...inputs],
          { dtype: 'float64', shape: [] },
          { keepdims: onnx.int(0) },
        ),
    })
  await checkGradient({
    at,
    of: ({ x }) =>
      onnx.apply('ReduceSum', [x!, onnx.integers([])], x!, { noop_with_empty_axes: onnx.int(1) }),
  })
})

test('axes that are computed have no rule', () => {
  const x = onnx.input('x', [2, 3])
  const y = onnx.apply('ReduceSum', [x, onnx.input('axes', [1], 'int64')], {
    dtype: 'float32',
    shape: [],
  })
  expect(() => gradients(y, [x])).toThrow(/ReduceSum: input 1 must be a constant/)
})

test('the length of nothing but zeros has the gradient 0', async () => {
  const x = onnx.input('x', [2, 2], 'float64')
  const [dx] = gradients(onnx.reduceSum(onnx.reduceL2(x, { axes: [1] })), [x])
  const data = Float64Array.of(0, 0, 3, -4)
  const { y } = await evaluate({ y: dx! }, { x: tensor('float64', [2, 2], data) })
  expectClose(y, [0, 0, 0.6, -0.8], 1e-15)
})

test('the gradient of ln Σ eˣ sums to 1, however large x is', async () => {
  const x = onnx.input('x', [3], 'float64')
  const [dx] = gradients(onnx.reduceLogSumExp(x), [x])
  const { y } = await evaluate(
    { y: dx! },
    { x: tensor('float64', [3], Float64Array.of(1e4, 1e4, -1e4)) },
  )
  expectClose(y, [0.5, 0.5, 0], 1e-12)
})

test.each(['Sum', 'Mean', 'Max', 'Prod', 'L1', 'L2', 'SumSquare', 'LogSum', 'LogSumExp'])(
  'Reduce%s over no axes works on each element alone, where the node says so',
  async (name) => {
    const x = tensor('float64', [3], Float64Array.of(0.5, 2, 3))
    const attributes = { noop_with_empty_axes: onnx.int(1) }
    for (const inputs of [[], [onnx.integers([])]])
      await checkGradient({
        at: { x },
        of: ({ x }) => onnx.apply(`Reduce${name}`, [x!, ...inputs], x!, attributes),
      })
  },
)

test('a product with zeros: only the others count', async () => {
  const x = onnx.input('x', [3, 3], 'float64')
  const [dx] = gradients(onnx.reduceSum(onnx.reduceProd(x, { axes: [1] })), [x])
  const data = Float64Array.of(2, 3, 4, 2, 0, 4, 0, 5, 0)
  const { y } = await evaluate({ y: dx! }, { x: tensor('float64', [3, 3], data) })
  expect([...y.data]).toEqual([12, 8, 6, 0, 8, 0, 0, 0, 0])
})

test('CumSum: the sums of the gradients run the other way', () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({
        exclusive: fc.boolean(),
        reverse: fc.boolean(),
        axis: fc.integer({ min: -3, max: 2 }),
      }),
      async (options) => {
        const x = random('float64', [2, 3, 2], rngFromSeed(1))
        await checkGradient({ at: { x }, of: ({ x }) => onnx.cumSum(x!, options), step: 0.5 })
      },
    ),
    { numRuns: 20 },
  ))

test('TopK: along any axis, from either end, the gradient goes to what was taken', () =>
  fc.assert(
    fc.asyncProperty(
      shapes.filter(({ length }) => length > 0),
      fc.boolean(),
      fc.integer(),
      async (shape, largest, seed) => {
        const rng = rngFromSeed(seed)
        const ranks = rng.shuffle(Array.from({ length: sizeOf(shape) }, (_, i) => i))
        const x = tensor('float64', shape, Float64Array.from(ranks))
        const axis = rng.integer(2 * shape.length) - shape.length
        const k = rng.integer(shape.at(axis)! + 1)
        const options = { largest, axis }
        await checkGradient({
          at: { x },
          of: ({ x }) =>
            onnx.add(onnx.reduceSum(x!), onnx.reduceSum(onnx.topK(x!, k, options).values)),
        })
      },
    ),
    { numRuns: 25 },
  ))

test('TopK whose indices nobody named says so', () => {
  const x = onnx.input('x', [3])
  const values = onnx.apply('TopK', [x, onnx.integers([2])], { dtype: 'float32', shape: [2] })
  expect(() => gradients(onnx.reduceSum(values), [x])).toThrow(/TopK: without its indices/)
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import { apply, globalAveragePool, input, int, ints, maxPool, reduceSum } from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { sizeOf, tensor } from '../tensor/index.ts'
import { gradients } from './gradients.ts'

const side = fc.integer({ min: 1, max: 3 })

test('MaxPool: any window that does not overlap, also where rows are left over', () =>
  fc.assert(
    fc.asyncProperty(
      fc.tuple(side, side),
      fc.tuple(side, side),
      fc.tuple(fc.nat(1), fc.nat(1)),
      fc.integer(),
      async ([kh, kw], [h, w], [extraH, extraW], seed) => {
        const shape = [2, 2, kh * h + Math.min(extraH, kh - 1), kw * w + Math.min(extraW, kw - 1)]
        // all different, so that each maximum is one element's alone
        const order = rngFromSeed(seed).shuffle(Array.from({ length: sizeOf(shape) }, (_, i) => i))
        const x = tensor(
          'float64',
          shape,
          Float64Array.from(order, (rank) => rank / 10),
        )
        await checkGradient({ at: { x }, of: ({ x }) => maxPool(x!, [kh, kw]) })
      },
    ),
    { numRuns: 25 },
  ))

test('MaxPool: equal maxima share the gradient, whose sum stays', async () => {
  const x = input('x', [1, 1, 2, 4])
  const [dx] = gradients(reduceSum(maxPool(x, [2, 2])), [x])
  const data = Float32Array.of(5, 5, 1, 2, 5, 5, 3, 0)
  const { y } = await evaluate({ y: dx! }, { x: tensor('float32', x.shape, data) })
  expect([...y.data]).toEqual([0.25, 0.25, 0, 0, 0.25, 0.25, 1, 0])
})

test('GlobalAveragePool in one, two and three dimensions', async () => {
  for (const places of [[3], [2, 3], [2, 1, 3]])
    await checkGradient({
      at: { x: random('float32', [2, 2, ...places], rngFromSeed(2)) },
      of: ({ x }) =>
        places.length === 2
          ? globalAveragePool(x!)
          : apply('GlobalAveragePool', [x!], {
              dtype: 'float32',
              shape: [2, 2, ...places.map(() => 1)],
            }),
      step: 0.5,
      tolerance: 1e-5,
    })
})

test('MaxPool forms without a rule say so', () => {
  const x = input('x', [1, 1, 4, 4])
  const slope = (y: ReturnType<typeof maxPool>) => () => gradients(reduceSum(y), [x])
  expect(slope(maxPool(x, [3, 3], { strides: [2, 2], pads: [1, 1, 1, 1] }))).toThrow(
    /MaxPool: window 3x3 with strides 2x2 and pads 1,1,1,1/,
  )
  const odd = { dtype: 'float32', shape: [1, 1, 2, 2] } as const
  const window = { kernel_shape: ints([3, 3]), strides: ints([3, 3]), ceil_mode: int(1) }
  expect(slope(apply('MaxPool', [x], odd, window))).toThrow(/lie inside the picture/)
})

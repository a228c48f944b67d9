import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { expectClose } from '../../tests/support/expect-close.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import * as onnx from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { gradients } from './gradients.ts'

/** BatchNormalization by the statistics of the batch, as an ONNX file may hold it. */
function training(x: onnx.Value, scale: onnx.Value, shift: onnx.Value, momentum = 0.9) {
  const running = () => onnx.reshape(onnx.mul(scale, 0.5), scale.shape)
  return onnx.compute({
    op: 'BatchNormalization',
    inputs: [x, scale, shift, running(), running()],
    attributes: { training_mode: onnx.int(1), momentum: onnx.float(momentum) },
    outputs: [x, scale, scale],
  })
}

test('BatchNormalization in training, of any rank: the gradients are those of central differences', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 3 }),
      fc.integer({ min: 2, max: 3 }),
      fc.integer({ min: 1, max: 3 }),
      fc.integer(),
      async (places, batch, channels, seed) => {
        const rng = rngFromSeed(seed)
        await checkGradient({
          at: {
            x: random('float64', [batch, channels, ...places], rng),
            scale: random('float64', [channels], rng),
            shift: random('float64', [channels], rng),
          },
          of: ({ x, scale, shift }) => training(x!, scale!, shift!)[0]!,
          // over two values alone the gradient by x is what is left of terms a thousand times as large
          tolerance: 1e-4,
        })
      },
    ),
    { numRuns: 25 },
  ))

test('the running statistics of a training BatchNormalization have no rule', () => {
  const x = onnx.input('x', [2, 3])
  const [y, mean] = training(x, onnx.input('scale', [3]), onnx.input('shift', [3]))
  const loss = onnx.add(onnx.reduceSum(y!), onnx.reduceSum(mean!))
  expect(() => gradients(loss, [x])).toThrow(
    expect.objectContaining({
      code: 'UnsupportedOp',
      message: expect.stringMatching(/running statistics have no gradient rule; put stopGradient/),
    }),
  )
})

test('a training BatchNormalization far from zero keeps its precision', async () => {
  const shape = [8, 3, 5, 5]
  const rng = rngFromSeed(2)
  const near = random('float64', shape, rng, [-1.7, 1.7])
  const weights = random('float64', shape, rng)
  const slopes = async (offset: number, dtype: 'float32' | 'float64') => {
    const x = onnx.input('x', shape, 'float64')
    const moved = onnx.cast(onnx.add(x, offset), dtype)
    const one = onnx.cast(onnx.expand(onnx.like(1, x), [3]), dtype)
    const [y] = training(moved, one, one)
    const loss = onnx.reduceSum(onnx.mul(onnx.cast(y!, 'float64'), onnx.constant(weights)))
    const [dx, dScale] = gradients(loss, [moved, one])
    return await evaluate({ dx: dx!, dScale: dScale! }, { x: near })
  }
  const wanted = await slopes(0, 'float64')
  const found = await slopes(100, 'float32')
  expectClose(found.dx, wanted.dx, 2e-5)
  expectClose(found.dScale, wanted.dScale, 2e-5)
})

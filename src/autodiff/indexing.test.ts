import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import * as onnx from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { sizeOf, tensor } from '../tensor/index.ts'
import { gradients } from './gradients.ts'

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 })

test('Gather of any places along any axis, fed or known', () =>
  fc.assert(
    fc.asyncProperty(
      shapes,
      fc.array(fc.integer({ min: 1, max: 3 }), { maxLength: 2 }),
      fc.integer(),
      fc.boolean(),
      (shape, taken, seed, known) => {
        const rng = rngFromSeed(seed)
        const axis = rng.integer(shape.length)
        const size = shape[axis]!
        const data = BigInt64Array.from({ length: sizeOf(taken) }, () =>
          BigInt(rng.integer(2 * size) - size),
        )
        const i = tensor('int64', taken, data)
        return checkGradient({
          at: { x: random('float64', shape, rng) },
          fixed: { i },
          of: ({ x, i: given }) =>
            onnx.gather(
              x!,
              known ? onnx.constant(i) : given!,
              axis - shape.length * rng.integer(2),
            ),
        })
      },
    ),
    { numRuns: 50 },
  ))

test('many uses of one row of a table add up exactly, on several threads', async () => {
  const [rows, uses, width] = [3, 4096, 64]
  const table = onnx.input('table', [rows, width])
  const i = onnx.input('i', [uses], 'int64')
  const [slope] = gradients(onnx.reduceSum(onnx.gather(table, i)), [table])
  const { dx } = await evaluate(
    { dx: slope! },
    { i: tensor('int64', [uses], new BigInt64Array(uses).fill(1n)) },
    { threads: 4 },
  )
  const wanted = Array.from({ length: rows * width }, (_, k) =>
    Math.floor(k / width) === 1 ? uses : 0,
  )
  expect([...dx.data]).toEqual(wanted)
})

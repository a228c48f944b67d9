import fc from 'fast-check'
import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import { input, mul, reduceSum, reshape } from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { sumTo } from './sum-to.ts'

test('sums over the axes in front, between and behind are those of one reduction', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.integer({ min: 1, max: 4 }), fc.boolean()), { maxLength: 5 }),
      fc.nat(3),
      fc.constantFrom('float32', 'float64'),
      fc.integer(),
      async (axes, dropped, dtype, seed) => {
        const shape = axes.map(([size]) => size)
        // axes of size 1 may be left out in front
        const whole = axes.map(([size, kept], i) => (kept && i >= dropped ? size : 1))
        const wanted = whole.slice(Math.min(dropped, whole.length))
        const x = input('x', shape, dtype)
        const reduced = whole.flatMap((size, i) => (size === shape[i] ? [] : [i]))
        const plain = reshape(reduceSum(x, { axes: reduced, keepAxes: true }), wanted)
        const sum = sumTo(x, wanted)
        expect(sum.shape).toEqual(wanted)
        const found = await evaluate(
          { sum: mul(sum, 1), plain: mul(plain, 1) },
          { x: random(dtype, shape, rngFromSeed(seed)) },
          { threads: 1 },
        )
        expect(found.sum.shape).toEqual(wanted)
        expect(found.sum.dtype).toBe(dtype)
        expectClose(found.sum, found.plain, dtype === 'float32' ? 1e-5 : 1e-14)
      },
    ),
    { numRuns: 80 },
  ))

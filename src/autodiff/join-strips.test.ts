import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import * as onnx from '../onnx/index.ts'
import { gradients } from './gradients.ts'

const operatorsOf = (value: onnx.Value) => onnx.reachable([value]).nodes.map(({ op }) => op)

test('pieces of one array that are used apart come together in one pass', () => {
  const x = onnx.input('x', [3, 2, 4])
  const [q, k, v] = [0, 1, 2].map((i) => onnx.gather(x, onnx.integers([i]), 0))
  const loss = onnx.reduceSum(onnx.mul(onnx.mul(q!, k!), v!))
  const ops = operatorsOf(gradients(loss, [x])[0]!)
  expect(ops).toContain('Concat')
  expect(ops).not.toContain('Pad')
  expect(ops).not.toContain('Add')
})

test('slices of any place, apart or not, with gaps, along one axis or several, and other uses', () =>
  fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 4 }), fc.integer(), (count, seed) => {
      const rng = rngFromSeed(seed)
      const shape = [5, 4]
      const single = rng.integer(3) > 0
      const ranges = Array.from({ length: count }, () => {
        const axis = single ? 0 : rng.integer(2)
        const start = rng.integer(shape[axis]!)
        return { axis, start, end: start + 1 + rng.integer(shape[axis]! - start) }
      })
      return checkGradient({
        at: { x: random('float64', shape, rng) },
        of: ({ x }) => {
          const pieces = ranges.map((range) => onnx.reduceMean(onnx.tanh(onnx.slice(x!, [range]))))
          const whole = rng.integer(2) === 0 ? [onnx.reduceMean(onnx.exp(x!))] : []
          return [...pieces, ...whole].reduce(onnx.mul)
        },
      })
    }),
    { numRuns: 60 },
  ))

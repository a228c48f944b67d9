import fc from 'fast-check'
import { test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import { transpose, type Value } from '../onnx/index.ts'

const shapes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 })
const check = (shape: readonly number[], seed: number, f: (x: Value) => Value) =>
  checkGradient({ at: { x: random('float64', shape, rngFromSeed(seed)) }, of: ({ x }) => f(x!) })

test('Transpose: the gradient goes back through the inverse order', () =>
  fc.assert(
    fc.asyncProperty(shapes, fc.integer(), (shape, seed) =>
      check(shape, seed, (x) => transpose(x, rngFromSeed(seed).shuffle([...shape.keys()]))),
    ),
    { numRuns: 25 },
  ))

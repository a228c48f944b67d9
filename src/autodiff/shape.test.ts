import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import {
  apply,
  concat,
  input,
  integers,
  pad,
  reduceSum,
  slice,
  text,
  transpose,
  type Value,
} from '../onnx/index.ts'
import { gradients } from './gradients.ts'

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

test('Slice: ranges from the front, the back and beyond the end', () =>
  fc.assert(
    fc.asyncProperty(shapes, fc.integer(), (shape, seed) => {
      const rng = rngFromSeed(seed)
      const ranges = shape.map((size, axis) => {
        const start = rng.integer(size)
        const end = start + 1 + rng.integer(size - start)
        const written = rng.integer(2) === 0 ? start : start - size
        const open = end === size ? 1_000_000 : end
        return {
          axis: rng.integer(2) === 0 ? axis : axis - shape.length,
          start: written,
          end: open,
        }
      })
      return check(shape, seed, (x) => slice(x, ranges))
    }),
    { numRuns: 25 },
  ))

test('Pad and Concat of any shape', () =>
  fc.assert(
    fc.asyncProperty(shapes, fc.integer(), async (shape, seed) => {
      const rng = rngFromSeed(seed)
      const zeros = () => shape.map(() => rng.integer(3))
      await check(shape, seed, (x) => pad(x, zeros(), zeros()))
      const axis = rng.integer(shape.length)
      await check(shape, seed, (x) =>
        concat([x, x, pad(x, zeros().fill(0), oneAt(axis, shape))], axis),
      )
    }),
    { numRuns: 15 },
  ))

const oneAt = (place: number, { length }: readonly number[]) =>
  Array.from({ length }, (_, i) => (i === place ? 1 : 0))

test('forms without a rule say so', () => {
  const x = input('x', [4])
  const slope = (y: Value) => () => gradients(reduceSum(y), [x])
  expect(slope(slice(x, [{ axis: 0, start: 0, end: 4, step: 2 }]))).toThrow(/Slice: a step of 2/)
  const mirrored = apply(
    'Pad',
    [x, integers([1, 1])],
    { dtype: 'float32', shape: [6] },
    { mode: text('reflect') },
  )
  expect(slope(mirrored)).toThrow(/Pad: only padding of all axes with a constant/)
  const ranged = apply('Slice', [x, input('from', [1], 'int64'), integers([4])], {
    dtype: 'float32',
    shape: [2],
  })
  expect(slope(ranged)).toThrow(/Slice: input 1 must be a constant/)
})

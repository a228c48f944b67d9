import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import * as onnx from '../onnx/index.ts'
import { gradients } from './gradients.ts'

const shapes = fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 1, maxLength: 3 })
const check = (shape: readonly number[], seed: number, f: (x: onnx.Value) => onnx.Value) =>
  checkGradient({ at: { x: random('float64', shape, rngFromSeed(seed)) }, of: ({ x }) => f(x!) })

test('Slice: any start, end and step, from the front, the back and beyond either end', () =>
  fc.assert(
    fc.asyncProperty(shapes, fc.integer(), (shape, seed) => {
      const rng = rngFromSeed(seed)
      const ranges = shape.map((size, axis) => {
        const step = rng.pick([1, 2, 3, -1, -2])
        const [low, high] = [rng.integer(size), size - 1 - rng.integer(size)].sort((a, b) => a - b)
        // either may be written from the back, and an end at the edge lie beyond it
        const written = (i: number): number => (rng.integer(2) === 0 ? i : i - size)
        const up = { start: written(low!), end: high === size - 1 ? 2 ** 40 : high! + 1 }
        const down = { start: high === size - 1 ? 99 : written(high!), end: low! - 1 - size }
        const named = rng.integer(2) === 0 ? axis : axis - shape.length
        return { axis: named, ...(step > 0 ? up : down), step }
      })
      return check(shape, seed, (x) => onnx.slice(x, ranges))
    }),
    { numRuns: 80 },
  ))

test('Slice without axes and steps takes the first axes in steps of one', () =>
  checkGradient({
    at: { x: random('float64', [4, 3, 2], rngFromSeed(1)) },
    of: ({ x }) =>
      onnx.apply('Slice', [x!, onnx.integers([1, -2]), onnx.integers([3, 9])], {
        dtype: 'float64',
        shape: [2, 2, 2],
      }),
  }))

test('Pad and Concat of any shape', () =>
  fc.assert(
    fc.asyncProperty(shapes, fc.integer(), async (shape, seed) => {
      const rng = rngFromSeed(seed)
      const zeros = () => shape.map(() => rng.integer(3))
      await check(shape, seed, (x) => onnx.pad(x, zeros(), zeros()))
      const axis = rng.integer(shape.length)
      await check(shape, seed, (x) =>
        onnx.concat([x, x, onnx.pad(x, zeros().fill(0), oneAt(axis, shape))], axis),
      )
    }),
    { numRuns: 15 },
  ))

const oneAt = (place: number, { length }: readonly number[]) =>
  Array.from({ length }, (_, i) => (i === place ? 1 : 0))

test('Split into any pieces, of which some are used', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }),
      fc.integer(),
      (sizes, seed) => {
        const rng = rngFromSeed(seed)
        const total = sizes.reduce((sum, size) => sum + size, 0)
        fc.pre(total > 0)
        return check([2, total], seed, (x) => {
          const pieces = onnx.split(x, sizes, rng.pick([1, -1]))
          const used = pieces.filter(() => rng.integer(3) > 0)
          const sums = [...used, x].map((piece) => onnx.reduceSum(piece, { axes: [1] }))
          return onnx.tanh(sums.reduce(onnx.mul))
        })
      },
    ),
    { numRuns: 30 },
  ))

test('Tile any number of times along any axes', () =>
  fc.assert(
    fc.asyncProperty(shapes, fc.integer(), (shape, seed) => {
      const rng = rngFromSeed(seed)
      return check(shape, seed, (x) =>
        onnx.tile(
          x,
          shape.map(() => 1 + rng.integer(3)),
        ),
      )
    }),
    { numRuns: 25 },
  ))

test('Pad in every mode, with elements added and cut off', () =>
  fc.assert(
    fc.asyncProperty(
      fc.constantFrom<onnx.PadMode>('constant', 'edge', 'reflect', 'wrap'),
      fc.integer(),
      (mode, seed) => {
        const rng = rngFromSeed(seed)
        const shape = [3 + rng.integer(2), 1, 3 + rng.integer(2)].slice(rng.integer(3))
        const reach = (size: number) => Math.max(-1, Math.min(1 - size, 0)) + rng.integer(size)
        const [before, after] = [shape.map(reach), shape.map(reach)]
        return check(shape, seed, (x) => onnx.pad(x, before, after, mode))
      },
    ),
    { numRuns: 60 },
  ))

test('Pad by a number that is learned, which old files have as [1]', () =>
  checkGradient({
    at: {
      x: random('float64', [2, 3], rngFromSeed(1)),
      value: random('float64', [1], rngFromSeed(2)),
    },
    of: ({ x, value }) =>
      onnx.apply('Pad', [x!, onnx.integers([0, 1, 2, -1]), value!], { ...x!, shape: [4, 3] }),
  }))

test('forms without a rule say so', () => {
  const x = onnx.input('x', [4])
  const slope = (y: onnx.Value) => () => gradients(onnx.reduceSum(y), [x])
  const padded = (mode: string, pads: onnx.Value, size: number) =>
    onnx.apply('Pad', [x, pads], { ...x, shape: [size] }, { mode: onnx.text(mode) })
  expect(slope(padded('wrap', onnx.integers([5, 1]), 10))).toThrow(
    /Pad: wrapping 5 elements around an axis of 4/,
  )
  expect(slope(padded('symmetric', onnx.integers([1, 1]), 6))).toThrow(/Pad: mode symmetric/)
  const computed = onnx.input('places', [2], 'int64')
  expect(slope(padded('edge', computed, 6))).toThrow(/Pad: input 1 must be a constant/)
  const ranged = onnx.apply('Slice', [x, onnx.input('from', [1], 'int64'), onnx.integers([4])], {
    dtype: 'float32',
    shape: [2],
  })
  expect(slope(ranged)).toThrow(/Slice: input 1 must be a constant/)
})

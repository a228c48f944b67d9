import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Case } from '../../tests/gradients/case.ts'
import { families } from '../../tests/gradients/index.ts'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { onGrid, random } from '../../tests/support/random-tensor.ts'
import { type Rng, rngFromSeed } from '../core/index.ts'
import * as onnx from '../onnx/index.ts'
import { type Shape, sizeOf, tensor } from '../tensor/index.ts'

/** Of no axes up to five, some of size 1. */
const shapes = fc
  .array(fc.integer({ min: 1, max: 3 }), { maxLength: 5 })
  .filter((shape) => sizeOf(shape) <= 24)

/** Every operator that works on each element of one argument alone, by a case that proves it. */
const elementByElement = ['activation', 'elementwise', 'gelu', 'trigonometric'].flatMap((family) =>
  Object.entries(families[family]!.cases).flatMap(([op, cases]) => {
    const one = cases.find(({ at, fixed }) => Object.keys(at).length === 1 && fixed === undefined)
    return one === undefined ? [] : [[op, one] as const]
  }),
)

/** The case at other places: its own numbers in another shape. */
function reshaped({ at, ...rest }: Case, shape: Shape, rng: Rng): Case {
  const [[name, { dtype, data }]] = Object.entries(at) as [[string, Case['at'][string]]]
  const drawn = Float64Array.from({ length: sizeOf(shape) }, () => rng.pick(Array.from(data)))
  const content = dtype === 'float32' ? Float32Array.from(drawn) : drawn
  return { ...rest, at: { [name]: tensor(dtype, shape, content as Float32Array) } }
}

test('all operators of one argument are among those that are tried in any shape', () => {
  expect(elementByElement.length).toBeGreaterThan(45)
})

test.each(elementByElement)('%s of any shape', (_, one) =>
  fc.assert(
    fc.asyncProperty(shapes, fc.integer(), (shape, seed) =>
      checkGradient(reshaped(one, shape, rngFromSeed(seed))),
    ),
    { numRuns: 4 },
  ),
)

const check = (shape: Shape, rng: Rng, of: (x: onnx.Value) => onnx.Value) =>
  checkGradient({ at: { x: onGrid('float64', shape, rng) }, of: ({ x }) => of(x!) })

/** Functions along one axis, which may be counted from the end. */
const alongAxis: Record<string, (x: onnx.Value, axis: number) => onnx.Value> = {
  Softmax: onnx.softmax,
  LogSoftmax: onnx.logSoftmax,
  CumSum: (x, axis) => onnx.cumSum(x, { axis, exclusive: axis < 0, reverse: axis % 2 === 0 }),
  'LpNormalization, p = 1': (x, axis) =>
    onnx.apply('LpNormalization', [x], x, { axis: onnx.int(axis), p: onnx.int(1) }),
  'LpNormalization, p = 2': (x, axis) =>
    onnx.apply('LpNormalization', [x], x, { axis: onnx.int(axis) }),
  Concat: (x, axis) => onnx.concat([x, onnx.tanh(x), x], axis),
  Gather: (x, axis) => onnx.gather(x, onnx.integers([0, -1, 0]), axis),
}

test.each(Object.entries(alongAxis))('%s along any axis of any shape', (_, f) =>
  fc.assert(
    fc.asyncProperty(
      shapes.filter(({ length }) => length > 0),
      fc.integer(),
      (shape, seed) => {
        const rng = rngFromSeed(seed)
        const axis = rng.integer(2 * shape.length) - shape.length
        return check(shape, rng, (x) => f(x, axis))
      },
    ),
    { numRuns: 12 },
  ),
)

test('MeanVarianceNormalization over any axes', () =>
  fc.assert(
    fc.asyncProperty(
      fc.tuple(...[0, 1, 2].map(() => fc.integer({ min: 2, max: 3 }))),
      fc.subarray([0, 1, -1], { minLength: 1 }),
      fc.integer(),
      (shape, axes, seed) => {
        const x = onGrid('float32', shape, rngFromSeed(seed))
        // evenly spread, so that no deviation is next to nothing
        x.data.forEach((v, i) => {
          x.data[i] = v / 10 + ((i * 7) % x.data.length)
        })
        return checkGradient({
          at: { x },
          of: ({ x }) =>
            onnx.apply('MeanVarianceNormalization', [x!], x!, { axes: onnx.ints(axes) }),
          step: 0.05,
          tolerance: 3e-3,
        })
      },
    ),
    { numRuns: 12 },
  ))

/** Functions that only move elements, to shapes that are drawn. */
const moving: Record<string, (x: onnx.Value, rng: Rng) => onnx.Value> = {
  Reshape: (x, rng) => {
    const regrouped = rng.shuffle([...x.shape, 1])
    return onnx.reshape(x, rng.integer(2) === 0 ? regrouped : [-1, regrouped[0]!])
  },
  Flatten: (x, rng) => onnx.flatten(x, rng.integer(2 * x.shape.length + 1) - x.shape.length),
  Transpose: (x, rng) => onnx.transpose(x, rng.shuffle([...x.shape.keys()])),
  'Unsqueeze and Squeeze': (x, rng) => {
    const rank = x.shape.length + 2
    const axes = rng.shuffle(Array.from({ length: rank }, (_, i) => i - rng.integer(2) * rank))
    const picked = [axes[0]!, axes.find((axis) => (axis - axes[0]!) % rank !== 0)!]
    const wide = onnx.tanh(onnx.unsqueeze(x, picked))
    return onnx.apply('Squeeze', [wide, onnx.integers(picked)], x)
  },
  Expand: (x, rng) => {
    const shape = x.shape.map((size) => (size === 1 ? 1 + rng.integer(2) : size))
    return onnx.expand(x, [...(rng.integer(2) === 0 ? [2] : []), ...shape])
  },
  Tile: (x, rng) =>
    onnx.tile(
      x,
      x.shape.map(() => 1 + rng.integer(2)),
    ),
}

test.each(Object.entries(moving))('%s of any shape', (_, f) =>
  fc.assert(
    fc.asyncProperty(shapes, fc.integer(), (shape, seed) =>
      check(shape, rngFromSeed(seed), (x) => f(x, rngFromSeed(seed + 1))),
    ),
    { numRuns: 12 },
  ),
)

test('Trilu of matrices of any size, from any diagonal on', () =>
  fc.assert(
    fc.asyncProperty(
      shapes.filter(({ length }) => length > 1),
      fc.boolean(),
      fc.integer({ min: -3, max: 3 }),
      fc.integer(),
      (shape, upper, diagonal, seed) =>
        check(shape, rngFromSeed(seed), (x) => onnx.trilu(x, { upper, diagonal })),
    ),
    { numRuns: 20 },
  ))

const few = fc.integer({ min: 1, max: 3 })
const recurrent = { LSTM: [onnx.lstm, 4], GRU: [onnx.gru, 3], RNN: [onnx.rnn, 1] } as const

test.each(Object.entries(recurrent))('%s of any sizes in any direction', (_, [build, gates]) =>
  fc.assert(
    fc.asyncProperty(
      fc.tuple(few, few, few, few),
      fc.constantFrom('forward', 'reverse', 'bidirectional'),
      fc.integer(),
      ([steps, batch, inputs, hidden], direction, seed) => {
        const rng = rngFromSeed(seed)
        const draw = (...shape: Shape) => random('float32', shape, rng)
        const directions = direction === 'bidirectional' ? 2 : 1
        return checkGradient({
          at: {
            x: draw(steps, batch, inputs),
            w: draw(directions, gates * hidden, inputs),
            r: draw(directions, gates * hidden, hidden),
            b: draw(directions, 2 * gates * hidden),
          },
          of: ({ x, w, r, b }) => build(x!, { w: w!, r: r!, b, direction }).y,
          step: 2e-2,
          tolerance: 3e-3,
        })
      },
    ),
    { numRuns: 5 },
  ),
)

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { type Rng, rngFromSeed } from '../core/index.ts'
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

test('places that are known are looked up, however often they repeat', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: -5, max: 4 }), { maxLength: 12 }),
      fc.constantFrom([5], [2, 5], [5, 2], [2, 5, 3]),
      fc.integer(),
      (places, shape, seed) =>
        checkGradient({
          at: { x: random('float64', shape, rngFromSeed(seed)) },
          of: ({ x }) => {
            const taken = onnx.gather(x!, onnx.integers(places), shape.indexOf(5))
            return onnx.add(onnx.reduceSum(onnx.tanh(taken)), onnx.reduceMean(x!))
          },
        }),
    ),
    { numRuns: 40 },
  ))

test('an order of places is turned round by one lookup', () => {
  const x = onnx.input('x', [2, 4])
  const y = onnx.gather(x, onnx.integers([2, 0, -1, 1]), 1)
  const [slope] = gradients(onnx.reduceSum(onnx.mul(y, y)), [x])
  const ops = onnx.reachable([slope!]).nodes.map(({ op }) => op)
  expect(ops).not.toContain('ScatterElements')
  expect(ops.filter((op) => op === 'Gather')).toHaveLength(2)
})

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

test('axes longer than a call has arguments: known places of a long table, a long line resized', async () => {
  const size = 150_000
  const x = onnx.input('x', [1, 1, size])
  const taken = onnx.gather(x, onnx.integers([7, 7, size - 1]), 2)
  const line = onnx.resize(x, [2 * size], { mode: 'nearest' })
  for (const [y, wanted] of [
    [taken, [0, 2, 1]],
    [line, [2, 2, 2]],
  ] as const) {
    const [dx] = gradients(onnx.reduceSum(y), [x])
    const { some } = await evaluate(
      { some: onnx.gather(dx!, onnx.integers([0, 7, size - 1]), 2) },
      { x: tensor('float32', [1, 1, size], new Float32Array(size)) },
    )
    expect([...some.data]).toEqual(wanted)
  }
})

/** Random indices into an axis, from either end. */
const somePlaces = (shape: readonly number[], size: number, rng: Rng) =>
  onnx.constant(
    tensor(
      'int64',
      shape,
      BigInt64Array.from({ length: sizeOf(shape) }, () => BigInt(rng.integer(2 * size) - size)),
    ),
  )

test('GatherElements, and ScatterElements that adds, at any places of any axis', () =>
  fc.assert(
    fc.asyncProperty(shapes, fc.integer(), async (shape, seed) => {
      const rng = rngFromSeed(seed)
      const axis = rng.integer(shape.length)
      const taken = shape.map((size, i) =>
        i === axis ? 1 + rng.integer(5) : 1 + rng.integer(size),
      )
      const places = somePlaces(taken, shape[axis]!, rng)
      const x = random('float64', shape, rng)
      await checkGradient({ at: { x }, of: ({ x }) => onnx.gatherElements(x!, places, axis) })
      await checkGradient({
        at: { x, u: random('float64', taken, rng) },
        of: ({ x, u }) => onnx.scatterElements(x!, [places, u!], { axis, reduction: 'add' }),
      })
    }),
    { numRuns: 30 },
  ))

test('GatherND with any tuples and batches', () =>
  fc.assert(
    fc.asyncProperty(
      fc.nat(1),
      fc.integer({ min: 1, max: 2 }),
      fc.nat(1),
      fc.integer(),
      (batchAxes, tuple, rest, seed) => {
        const rng = rngFromSeed(seed)
        const some = (length: number) => Array.from({ length }, () => 1 + rng.integer(3))
        const [batch, indexed] = [some(batchAxes), some(tuple)]
        const count = some(rng.integer(3))
        const parts = indexed.map((size) => somePlaces([...batch, ...count, 1], size, rng))
        const indices = onnx.concat(parts, -1)
        return checkGradient({
          at: { x: random('float64', [...batch, ...indexed, ...some(rest)], rng) },
          of: ({ x }) => onnx.gatherND(x!, indices, batchAxes),
        })
      },
    ),
    { numRuns: 40 },
  ))

test('forms without a rule say so', () => {
  const x = onnx.input('x', [4])
  const slope = (y: onnx.Value) => () => gradients(onnx.reduceSum(y), [x])
  const at = onnx.integers([0, 1])
  const most = onnx.apply('ScatterElements', [x, at, onnx.input('u', [2])], x, {
    reduction: onnx.text('max'),
  })
  expect(slope(most)).toThrow(/ScatterElements: reduction max has no gradient rule/)
  const kept = onnx.apply('Compress', [x, onnx.greater(x, 0)], { ...x, shape: [2] })
  expect(slope(kept)).toThrow(/Compress: its condition must be a constant.*use Where/)
})

test('integers on the way, as exporters write them, are constants to the backward pass', () => {
  const int64 = (shape: readonly number[]) => ({ dtype: 'int64', shape }) as const
  return checkGradient({
    at: { x: random('float64', [2, 3], rngFromSeed(6)) },
    of: ({ x }) => {
      const size = onnx.apply('Shape', [x!], int64([2]))
      const count = onnx.apply('Size', [x!], int64([]))
      const columns = onnx.gather(size, onnx.integers([1]))
      const flat = onnx.apply('Reshape', [x!, onnx.unsqueeze(count, [0])], { ...x!, shape: [6] })
      const zero = onnx.constant(tensor('int64', [], BigInt64Array.of(0n)))
      const one = onnx.constant(tensor('int64', [], BigInt64Array.of(1n)))
      const range = onnx.apply('Range', [zero, count, one], int64([6]))
      const turned = onnx.gather(flat, onnx.sub(5, range))
      const zeros = onnx.apply('ConstantOfShape', [onnx.concat([columns, columns], 0)], {
        dtype: 'float32',
        shape: [3, 3],
      })
      const eye = onnx.apply(
        'EyeLike',
        [zeros],
        { dtype: 'float64', shape: [3, 3] },
        { dtype: onnx.int(11) },
      )
      const negative = onnx.cast(onnx.cast(onnx.less(turned, 0), 'int64'), 'float64')
      const places = onnx.apply('NonZero', [onnx.cast(eye, 'int64')], int64([2, 3]))
      const levels = onnx.constant(tensor('float32', [2], Float32Array.of(0, 1)))
      const hot = onnx.apply('OneHot', [onnx.integers([2, 0]), onnx.integers([3]), levels], {
        dtype: 'float32',
        shape: [2, 3],
      })
      const rows = onnx.mul(onnx.matmul(x!, eye), onnx.cast(hot, 'float64'))
      const diagonal = onnx.gatherND(onnx.matmul(onnx.transpose(x!), x!), onnx.transpose(places))
      const whole = onnx.apply('Expand', [onnx.reduceSum(rows), columns], {
        dtype: 'float64',
        shape: [3],
      })
      return onnx.concat([onnx.mul(turned, negative), diagonal, whole], 0)
    },
  })
})

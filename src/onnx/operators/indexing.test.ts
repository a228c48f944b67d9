import fc from 'fast-check'
import { expect, test } from 'vitest'
import { random } from '../../../tests/support/random-tensor.ts'
import { type Rng, rngFromSeed } from '../../core/index.ts'
import { evaluate } from '../../runtime/index.ts'
import { sizeOf, type Tensor, tensor } from '../../tensor/index.ts'
import { constant, input, integers, type Value } from '../value.ts'
import * as o from './index.ts'

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 })

async function computed(y: Value): Promise<Tensor> {
  const found = await evaluate({ y }, {}, { threads: 1 })
  expect(found.y.shape).toEqual(y.shape)
  expect(found.y.dtype).toBe(y.dtype)
  return found.y
}

const places = (shape: readonly number[], next: () => number) =>
  constant(
    tensor(
      'int64',
      shape,
      BigInt64Array.from({ length: sizeOf(shape) }, () => BigInt(next())),
    ),
  )
/** Each row of the last axis an order of its places. */
const orders = (shape: readonly number[], rng: Rng) => {
  const size = shape.at(-1)!
  const rows = Array.from({ length: sizeOf(shape) / size }, () =>
    rng.shuffle(Array.from({ length: size }, (_, i) => i)),
  ).flat()
  return places(shape, () => rows.shift()!)
}

test('gathering every place in order changes nothing, from the front or the back', () =>
  fc.assert(
    fc.asyncProperty(shapes, fc.integer(), async (shape, seed) => {
      const rng = rngFromSeed(seed)
      const axis = rng.integer(shape.length)
      const x = random('float32', shape, rng)
      const all = Array.from({ length: shape[axis]! }, (_, i) => i)
      for (const shift of [0, -shape[axis]!]) {
        const indices = integers(all.map((i) => i + shift))
        expect((await computed(o.gather(constant(x), indices, axis - shape.length))).data).toEqual(
          x.data,
        )
      }
    }),
    { numRuns: 20 },
  ))

test('what is scattered to an order of places is found there again', () =>
  fc.assert(
    fc.asyncProperty(shapes, fc.integer(), async (shape, seed) => {
      const rng = rngFromSeed(seed)
      const [x, updates] = [random('float32', shape, rng), random('float32', shape, rng)]
      const order = orders(shape, rng)
      const there = o.scatterElements(constant(x), [order, constant(updates)], { axis: -1 })
      expect((await computed(o.gatherElements(there, order, -1))).data).toEqual(updates.data)
    }),
    { numRuns: 20 },
  ))

test('the same for slices: only those that are named are replaced', () =>
  fc.assert(
    fc.asyncProperty(shapes, fc.integer(), async (rest, seed) => {
      const rng = rngFromSeed(seed)
      const x = random('float32', [5, ...rest], rng)
      const named = rng.shuffle([0, 1, 2, 3, 4]).slice(0, 1 + rng.integer(4))
      const indices = o.reshape(integers(named), [named.length, 1])
      const updates = random('float32', [named.length, ...rest], rng)
      const there = o.scatterND(constant(x), [indices, constant(updates)])
      expect((await computed(o.gatherND(there, indices))).data).toEqual(updates.data)
      const size = sizeOf(rest)
      const { data } = await computed(there)
      for (const row of [0, 1, 2, 3, 4].filter((row) => !named.includes(row)))
        expect(data.slice(row * size, (row + 1) * size)).toEqual(
          x.data.slice(row * size, (row + 1) * size),
        )
    }),
    { numRuns: 20 },
  ))

test('scattering that adds adds what goes to one place', async () => {
  const x = constant(tensor('float32', [3], Float32Array.of(1, 2, 3)))
  const updates = constant(tensor('float32', [4], Float32Array.of(10, 20, 30, 40)))
  const y = o.scatterElements(x, [integers([2, 0, -1, 0]), updates], { axis: 0, reduction: 'add' })
  expect([...(await computed(y)).data]).toEqual([61, 2, 43])
})

const [table, i2] = [input('table', [4, 3]), integers([0, 1])]
const mistakes: [string, () => Value, RegExp][] = [
  ['axis', () => o.gather(table, i2, 2), /Gather: axis 2 is outside a shape of 2 axes/],
  [
    'rank',
    () => o.gatherElements(table, i2, 0),
    /GatherElements: indices \[2\] do not fit \[4, 3\] along axis 0/,
  ],
  [
    'size',
    () =>
      o.gatherElements(
        table,
        places([5, 3], () => 0),
        1,
      ),
    /indices \[5, 3\] do not fit/,
  ],
  [
    'updates',
    () => o.scatterElements(table, [places([2, 3], () => 0), input('u', [2, 2])], { axis: 0 }),
    /ScatterElements: indices \[2, 3\] and updates \[2, 2\]/,
  ],
  [
    'tuples',
    () => o.gatherND(table, integers([0, 0, 0])),
    /GatherND: indices \[3\] do not fit \[4, 3\]/,
  ],
  [
    'batches',
    () =>
      o.gatherND(
        table,
        places([2, 1], () => 0),
        1,
      ),
    /with 1 axes of batch/,
  ],
  [
    'slices',
    () => o.scatterND(table, [places([2, 1], () => 0), input('u', [2, 4])]),
    /ScatterND: updates \[2, 4\] .*wanted \[2, 3\]/,
  ],
]
test.each(mistakes)('%s that do not fit are refused', (_, build, message) => {
  expect(build).toThrow(
    expect.objectContaining({ code: 'Shape', message: expect.stringMatching(message) }),
  )
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { random } from '../../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../../core/index.ts'
import { evaluate } from '../../runtime/index.ts'
import type { Tensor } from '../../tensor/index.ts'
import { constant, input, type Value } from '../value.ts'
import * as o from './index.ts'

const shapes = fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 1, maxLength: 3 })

async function computed(y: Value): Promise<Tensor> {
  const found = await evaluate({ y }, {}, { threads: 1 })
  expect(found.y.shape).toEqual(y.shape)
  return found.y
}

test('the pieces of a split, one after another, are the whole', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.nat(3), { minLength: 1, maxLength: 4 }),
      fc.integer(),
      async (sizes, seed) => {
        const total = sizes.reduce((sum, size) => sum + size, 0)
        fc.pre(total > 0)
        const x = random('float32', [2, total, 3], rngFromSeed(seed))
        const pieces = o.split(constant(x), sizes, -2)
        expect(pieces.map(({ shape }) => shape[1])).toEqual(sizes)
        expect((await computed(o.concat(pieces, 1))).data).toEqual(x.data)
      },
    ),
    { numRuns: 20 },
  ))

test('tiles are whole copies one after another', () =>
  fc.assert(
    fc.asyncProperty(shapes, fc.integer(), async (shape, seed) => {
      const rng = rngFromSeed(seed)
      const x = constant(random('float32', shape, rng))
      const repeats = shape.map(() => 1 + rng.integer(3))
      const copies = repeats.reduce<Value>(
        (y, count, axis) => o.concat(new Array<Value>(count).fill(y), axis),
        x,
      )
      expect(await computed(o.tile(x, repeats))).toEqual(await computed(copies))
    }),
    { numRuns: 20 },
  ))

test('pads by each mode are what the mode says', async () => {
  const x = constant({ dtype: 'float32', shape: [4], data: Float32Array.of(1, 2, 3, 4) })
  const wanted = {
    constant: [0, 0, 1, 2, 3, 4, 0],
    edge: [1, 1, 1, 2, 3, 4, 4],
    reflect: [3, 2, 1, 2, 3, 4, 3],
    wrap: [3, 4, 1, 2, 3, 4, 1],
  }
  for (const [mode, values] of Object.entries(wanted))
    expect([...(await computed(o.pad(x, [2], [1], mode as o.PadMode))).data]).toEqual(values)
  expect([...(await computed(o.pad(x, [-1], [2]))).data]).toEqual([2, 3, 4, 0, 0])
})

const x = input('x', [2, 3])
const mistakes: [string, () => unknown, RegExp][] = [
  [
    'pieces',
    () => o.split(x, [1, 1], 1),
    /Split: pieces of 1, 1 are 2 together, axis 1 of \[2, 3\] has 3/,
  ],
  ['copies', () => o.tile(x, [2]), /Tile: 1 numbers of copies for \[2, 3\]/],
  [
    'mirrors',
    () => o.pad(x, [2, 0], [0, 0], 'reflect'),
    /Pad: 2 and 0 by reflect reach beyond axis 0 of \[2, 3\]/,
  ],
  ['wraps', () => o.pad(x, [0, 3], [0, -1], 'wrap'), /Pad: 3 and -1 by wrap reach beyond axis 1/],
  ['cuts', () => o.pad(x, [0, -2], [0, -2]), /Pad: its output would have shape \[2, -1\]/],
  ['axes', () => o.flatten(x, 3), /Flatten: axis 3 is outside a shape of 2 axes/],
]
test.each(mistakes)('%s that do not fit are refused', (_, build, message) => {
  expect(build).toThrow(
    expect.objectContaining({ code: 'Shape', message: expect.stringMatching(message) }),
  )
})

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { random } from '../../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../../core/index.ts'
import { evaluate } from '../../runtime/index.ts'
import { input, type Value } from '../value.ts'
import * as o from './index.ts'

/** What onnxruntime computes has the shape that was declared. */
async function expectDeclared(values: readonly Value[], inputs: readonly Value[]): Promise<void> {
  const named = Object.fromEntries(values.map((value, i) => [`y${i}`, value]))
  const feeds = Object.fromEntries(
    inputs.flatMap((x) =>
      x.kind === 'input' ? [[x.name, random('float32', x.shape, rngFromSeed(1))]] : [],
    ),
  )
  const found = await evaluate(named, feeds, { threads: 1 })
  values.forEach((value, i) => {
    expect(found[`y${i}`]!.shape).toEqual(value.shape)
    expect(found[`y${i}`]!.dtype).toBe(value.dtype)
  })
}

const upTo = (max: number, min = 1) => fc.integer({ min, max })
const axis = fc
  .record({
    size: upTo(9),
    kernel: upTo(4),
    stride: upTo(4),
    dilation: upTo(3),
    pads: fc.tuple(upTo(3, 0), upTo(3, 0)),
  })
  .filter(
    ({ size, kernel, dilation, pads }) =>
      Math.max(...pads) < kernel && size + pads[0] + pads[1] > dilation * (kernel - 1),
  )

test('pools of every geometry over one to three axes declare the shape that is computed', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(axis, { minLength: 1, maxLength: 3 }),
      fc.boolean(),
      async (axes, ceilMode) => {
        const x = input('x', [1, 2, ...axes.map(({ size }) => size)])
        const kernel = axes.map(({ kernel }) => kernel)
        const options = {
          strides: axes.map(({ stride }) => stride),
          dilations: axes.map(({ dilation }) => dilation),
          pads: [0, 1].flatMap((side) => axes.map(({ pads }) => pads[side as 0 | 1])),
        }
        await expectDeclared(
          [
            o.maxPool(x, kernel, { ...options, ceilMode }),
            o.averagePool(x, kernel, { ...options, ceilMode }),
            o.lpPool(x, kernel, options),
            o.globalMaxPool(x),
            o.globalAveragePool(x),
          ],
          [x],
        )
      },
    ),
    { numRuns: 60 },
  ))

test('convolutions over one axis declare the shape that is computed', () =>
  fc.assert(
    fc.asyncProperty(axis, upTo(2), async ({ size, kernel, ...rest }, groups) => {
      const [x, w] = [input('x', [2, 2 * groups, size]), input('w', [4, 2, kernel])]
      await expectDeclared([o.conv1d(x, w, { ...rest, groups })], [x, w])
    }),
    { numRuns: 30 },
  ))

test('a mean without padding in it counts what is there, with it all places', async () => {
  const x = input('x', [1, 1, 3])
  const options = { strides: [2], pads: [1, 1] }
  const there = o.averagePool(x, [2], options)
  const all = o.averagePool(x, [2], { ...options, countIncludePad: true })
  const feeds = {
    x: { dtype: 'float32', shape: [1, 1, 3], data: Float32Array.of(2, 4, 8) },
  } as const
  const found = await evaluate({ there, all }, feeds)
  expect([...found.there.data]).toEqual([2, 6])
  expect([...found.all.data]).toEqual([1, 6])
})

test('resizing repeats the nearest places, and mixes neighbours', async () => {
  const x = input('x', [1, 1, 2])
  const feeds = { x: { dtype: 'float32', shape: [1, 1, 2], data: Float32Array.of(0, 4) } } as const
  const found = await evaluate(
    {
      repeated: o.resize(x, [4]),
      later: o.resize(x, [4], { nearest: 'ceil' }),
      mixed: o.resize(o.reshape(x, [1, 1, 1, 2]), [1, 4], { mode: 'linear' }),
      corners: o.resize(o.reshape(x, [1, 1, 1, 2]), [1, 5], {
        mode: 'linear',
        coordinates: 'align_corners',
      }),
    },
    feeds,
  )
  expect([...found.repeated.data]).toEqual([0, 0, 4, 4])
  expect([...found.later.data]).toEqual([0, 4, 4, 4])
  expect([...found.mixed.data]).toEqual([0, 1, 3, 4])
  expect([...found.corners.data]).toEqual([0, 1, 2, 3, 4])
})

const [row, picture] = [input('row', [1, 3, 4]), input('picture', [1, 3, 4, 4])]
const mistakes: [string, () => Value, RegExp][] = [
  [
    'axes of a kernel',
    () => o.maxPool(row, [2, 2]),
    /MaxPool: input \[1, 3, 4\] and kernel \[2, 2\]/,
  ],
  ['pads', () => o.averagePool(row, [2], { pads: [1] }), /pads \[1\] do not fit; wanted one size/],
  [
    'a kernel',
    () => o.maxPool(row, [6]),
    /MaxPool: kernel \[6\] is larger than the padded input \[1, 3, 4\]/,
  ],
  [
    'channels',
    () => o.conv1d(row, input('w', [2, 2, 3])),
    /Conv: input \[1, 3, 4\] and weight \[2, 2, 3\] with 1 groups do not fit; wanted \[N, C, L\]/,
  ],
  [
    'groups',
    () => o.convTranspose(picture, input('w', [3, 1, 2, 2]), { groups: 2 }),
    /ConvTranspose: .* with 2 groups do not fit/,
  ],
  ['sizes', () => o.resize(picture, [8]), /Resize: sizes \[8\] do not fit \[1, 3, 4, 4\]/],
]
test.each(mistakes)('%s that do not fit are refused', (_, build, message) => {
  expect(build).toThrow(
    expect.objectContaining({ code: 'Shape', message: expect.stringMatching(message) }),
  )
})

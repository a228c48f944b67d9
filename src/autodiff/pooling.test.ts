import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { expectClose } from '../../tests/support/expect-close.ts'
import { onGrid, random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import {
  apply,
  averagePool,
  compute,
  constant,
  globalAveragePool,
  globalMaxPool,
  input,
  int,
  ints,
  lpPool,
  maxPool,
  mul,
  reduceSum,
  text,
  type Value,
} from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { type Shape, sizeOf, tensor } from '../tensor/index.ts'
import { gradients } from './gradients.ts'

/** All different and far apart, so that each maximum is one element's alone. */
function shuffled(shape: Shape, seed: number) {
  const order = rngFromSeed(seed).shuffle(Array.from({ length: sizeOf(shape) }, (_, i) => i))
  const data = Float64Array.from(order, (rank) => rank / 10)
  return tensor('float64', shape, data)
}

/** The same in float32, for operators without a kernel for float64. */
const shuffled32 = (shape: Shape, seed: number) =>
  tensor('float32', shape, Float32Array.from(shuffled(shape, seed).data))

/** Pools over one to three axes of any kernel, stride, padding and dilation that fits. */
const pools = fc
  .record({
    axes: fc.array(
      fc.record({
        size: fc.integer({ min: 1, max: 6 }),
        kernel: fc.integer({ min: 1, max: 3 }),
        stride: fc.integer({ min: 1, max: 3 }),
        dilation: fc.integer({ min: 1, max: 2 }),
        pads: fc.tuple(fc.nat(2), fc.nat(2)),
      }),
      { minLength: 1, maxLength: 3 },
    ),
    ceilMode: fc.boolean(),
    countIncludePad: fc.boolean(),
    seed: fc.integer(),
  })
  .filter(({ axes }) =>
    axes.every(
      ({ size, kernel, dilation, pads }) =>
        Math.max(...pads) < kernel && size + pads[0] + pads[1] > dilation * (kernel - 1),
    ),
  )
  .map(({ axes, ceilMode, countIncludePad, seed }) => ({
    shape: [2, 2, ...axes.map(({ size }) => size)],
    kernel: axes.map(({ kernel }) => kernel),
    options: {
      strides: axes.map(({ stride }) => stride),
      dilations: axes.map(({ dilation }) => dilation),
      pads: [0, 1].flatMap((side) => axes.map(({ pads }) => pads[side as 0 | 1])),
      ceilMode,
    },
    countIncludePad,
    seed,
  }))

/** Those whose windows hold more than padding. */
const seeing = pools.filter(({ options: { pads, dilations } }) =>
  pads.every((size, i) => size === 0 || dilations[i % dilations.length] === 1),
)

test('MaxPool of any geometry: the gradients are those of central differences', () =>
  fc.assert(
    fc.asyncProperty(seeing, ({ shape, kernel, options, seed }) =>
      checkGradient({
        at: { x: shuffled(shape, seed) },
        of: ({ x }) => maxPool(x!, kernel, options),
      }),
    ),
    { numRuns: 40 },
  ))

test('the gradients of pools that leave a window behind the picture out', async () => {
  const options = { strides: [2], pads: [0, 1], ceilMode: true }
  await checkGradient({
    at: { x: shuffled([2, 2, 6], 1) },
    of: ({ x }) => maxPool(x!, [2], options),
  })
  await checkGradient({
    at: { x: shuffled([1, 1, 7, 5], 2) },
    of: ({ x }) => maxPool(x!, [2, 1], { ...options, strides: [3, 3], pads: [0, 0, 1, 0] }),
  })
})

const side = fc.integer({ min: 1, max: 4 })

test('MaxPool of windows that are apart, also where rows or columns are left over', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(side, side, fc.nat(3)), { minLength: 1, maxLength: 2 }),
      fc.integer(),
      async (axes, seed) => {
        const kernel = axes.map(([size]) => size)
        const places = axes.map(
          ([size, windows, rest]) => size * windows + Math.min(rest, size - 1),
        )
        const x = shuffled([2, 2, ...places], seed)
        await checkGradient({ at: { x }, of: ({ x }) => maxPool(x!, kernel) })
      },
    ),
    { numRuns: 30 },
  ))

test('AveragePool of any geometry: the gradients are those of central differences', () =>
  fc.assert(
    fc.asyncProperty(pools, ({ shape, kernel, options, countIncludePad, seed }) =>
      checkGradient({
        at: { x: random('float32', shape, rngFromSeed(seed)) },
        of: ({ x }) => averagePool(x!, kernel, { ...options, countIncludePad }),
        // linear: a long step has no error of its own
        step: 0.5,
        tolerance: 1e-5,
      }),
    ),
    { numRuns: 40 },
  ))

test('LpPool of any geometry: the gradients are those of central differences', () =>
  fc.assert(
    fc.asyncProperty(
      seeing,
      fc.integer({ min: 1, max: 3 }),
      ({ shape, kernel, options: { ceilMode: _, ...options }, seed }, p) =>
        checkGradient({
          at: { x: onGrid('float32', shape, rngFromSeed(seed)) },
          of: ({ x }) => lpPool(x!, kernel, { ...options, p }),
          step: 1e-2,
          tolerance: 3e-3,
        }),
    ),
    { numRuns: 30 },
  ))

test('LpPool of a window of zeros has no slope, whatever p', async () => {
  for (const p of [1, 2, 3])
    expect(await slopes((x) => lpPool(x, [2], { p }), [1, 1, 4], [0, 0, 3, 0])).toEqual([
      0, 0, 1, 0,
    ])
})

test('AveragePool of tiles spreads each gradient evenly, a rest has none', async () => {
  const mean = (x: Value) =>
    mul(averagePool(x, [2, 2]), constant(tensor('float32', [2], Float32Array.of(4, 8))))
  expect(await slopes(mean, [1, 1, 2, 4], [1, 2, 3, 4, 5, 6, 7, 8])).toEqual([
    1, 1, 2, 2, 1, 1, 2, 2,
  ])
  expect(await slopes(mean, [1, 1, 3, 4], new Array(12).fill(1))).toEqual([
    1, 1, 2, 2, 1, 1, 2, 2, 0, 0, 0, 0,
  ])
})

async function slopes(f: (x: Value) => Value, shape: Shape, at: readonly number[]) {
  const x = input('x', shape)
  const [dx] = gradients(reduceSum(f(x)), [x])
  const { y } = await evaluate({ y: dx! }, { x: tensor('float32', shape, Float32Array.from(at)) })
  return Array.from(y.data, Number)
}

test('rows too long for one product give what short ones give', async () => {
  // windows in parts, in parts after a sum over rows, and of a prime number
  for (const [rows, windows] of [
    [1, 96],
    [2, 66],
    [2, 257],
  ] as const) {
    const at = Array.from({ length: 2 * rows * windows * 2 }, (_, i) => (i * 7919) % 1009)
    const shape = [1, 1, 2 * rows, 2 * windows]
    const wanted = await slopes((x) => maxPool(x, [rows, 2]), shape, at)
    const cut = shape.with(3, 2)
    for (const window of [0, 1, windows >> 1, windows - 1]) {
      const columns = Array.from(
        { length: 4 * rows },
        (_, i) => (i >> 1) * 2 * windows + 2 * window + (i & 1),
      )
      const alone = await slopes(
        (x) => maxPool(x, [rows, 2]),
        cut,
        columns.map((i) => at[i]!),
      )
      expect(columns.map((i) => wanted[i])).toEqual(alone)
    }
  }
})

test('a mean over a line too long for a matrix: ⟨A x, r⟩ = ⟨x, Aᵀ r⟩', async () => {
  const x = input('x', [2, 1, 5000])
  const y = averagePool(x, [4], { strides: [2], pads: [1, 2], countIncludePad: true })
  const r = input('r', y.shape)
  const [dx] = gradients(reduceSum(mul(y, r)), [x])
  const rng = rngFromSeed(2)
  const feeds = { x: random('float32', x.shape, rng), r: random('float32', r.shape, rng) }
  const { left, right } = await evaluate(
    { left: reduceSum(mul(y, r)), right: reduceSum(mul(x, dx!)) },
    feeds,
  )
  expectClose(left, right, 1e-5)
})

const ties = [5, 5, 1, 2, 5, 5, 3, 3]

test('equal maxima share the gradient where windows are apart, whose sum stays', async () => {
  const apart = (x: Value) => maxPool(x, [2, 2])
  expect(await slopes(apart, [1, 1, 2, 4], ties)).toEqual([0.25, 0.25, 0, 0, 0.25, 0.25, 0.5, 0.5])
  // with a row and a column left over
  expect(await slopes(apart, [1, 1, 3, 3], [1, 0, 0, 1, 0, 9, 0, 0, 0])).toEqual([
    0.5, 0, 0, 0.5, 0, 0, 0, 0, 0,
  ])
})

test('elsewhere the first of equal maxima has the gradient, as in PyTorch', async () => {
  const gaps = (x: Value) => maxPool(x, [2, 2], { strides: [2, 3] })
  const rows = [5, 5, 9, 0, 2, 5, 5, 9, 2, 2]
  expect(await slopes(gaps, [1, 1, 2, 5], rows)).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 0, 0])
  expect(await slopes(globalMaxPool, [1, 2, 4], ties)).toEqual([1, 0, 0, 0, 1, 0, 0, 0])
})

test('a maximum of zero is told from what lies beyond the last window', async () => {
  const apart = (x: Value) => maxPool(x, [2])
  expect(await slopes(apart, [1, 1, 5], [0, -1, -2, 0, 0])).toEqual([1, 0, 0, 1, 0])
})

test('an element that is the maximum of several windows has the sum of their gradients', async () => {
  const peak = (x: Value) => maxPool(x, [3], { strides: [1], pads: [1, 1] })
  expect(await slopes(peak, [1, 1, 5], [0, 1, 9, 2, 0])).toEqual([0, 1, 3, 1, 0])
})

test('global pools in one, two and three dimensions', async () => {
  for (const places of [[3], [2, 3], [2, 1, 3]]) {
    const x = random('float32', [2, 2, ...places], rngFromSeed(2))
    await checkGradient({
      at: { x },
      of: ({ x }) => globalAveragePool(x!),
      step: 0.5,
      tolerance: 1e-5,
    })
    await checkGradient({
      at: { x: shuffled32(x.shape, 3) },
      of: ({ x }) => globalMaxPool(x!),
      tolerance: 1e-4,
    })
  }
})

test('MaxPool as files write it: indices counted by columns, two outputs', async () => {
  const attributes = { kernel_shape: ints([3, 2]), storage_order: int(1) }
  const outputs = [
    { dtype: 'float64' as const, shape: [1, 1, 2, 3] },
    { dtype: 'int64' as const, shape: [1, 1, 2, 3] },
  ]
  await checkGradient({
    at: { x: shuffled([1, 1, 4, 4], 4) },
    of: ({ x }) => compute({ op: 'MaxPool', inputs: [x!], attributes, outputs })[0]!,
  })
})

test('pools with auto_pad say that they want numbers', () => {
  const x = input('x', [1, 1, 4, 4])
  const attributes = { kernel_shape: ints([3, 3]), auto_pad: text('SAME_UPPER') }
  for (const op of ['AveragePool', 'MaxPool'])
    expect(() => gradients(reduceSum(apply(op, [x], x, attributes)), [x])).toThrow(
      new RegExp(`${op}: auto_pad SAME_UPPER.*pads as numbers`),
    )
})

test('a maximum of nothing but padding has no gradient', () => {
  const x = input('x', [1, 1, 1])
  const y = maxPool(x, [2], { dilations: [2], pads: [1, 1], strides: [1] })
  expect(() => gradients(reduceSum(y), [x])).toThrow(/MaxPool: windows that lie wholly/)
})

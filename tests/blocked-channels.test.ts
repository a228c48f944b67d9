import fc from 'fast-check'
import { expect, test } from 'vitest'
import { gradients } from '../src/autodiff/index.ts'
import { rngFromSeed } from '../src/core/index.ts'
import {
  add,
  averagePool,
  type ConvOptions,
  cast,
  constant,
  conv,
  globalAveragePool,
  greater,
  input,
  maxPool,
  mul,
  type Parameter,
  parameter,
  reachable,
  reduceMax,
  reduceMean,
  reduceSum,
  relu,
  type StateUpdate,
  sub,
  type Value,
  where,
} from '../src/onnx/index.ts'
import { blockChannels } from '../src/runtime/blocked/block-channels.ts'
import { blockSize } from '../src/runtime/blocked/block-size.ts'
import { nchwcDomain } from '../src/runtime/blocked/nchwc.ts'
import { compileStep, evaluate } from '../src/runtime/index.ts'
import { type Shape, tensor } from '../src/tensor/index.ts'
import { expectClose } from './support/expect-close.ts'
import { random } from './support/random-tensor.ts'

const block = await blockSize()
const rng = rngFromSeed(3)
const weight = (...shape: Shape): Parameter => parameter(random('float32', shape, rng))

interface Step {
  readonly outputs: Readonly<Record<string, Value>>
  readonly updates: readonly StateUpdate[]
}

/** Loss Σ y², its gradients by x and the weights, and one step of momentum. */
function descent(y: Value, x: Value, weights: readonly Parameter[]): Step {
  const loss = reduceMean(mul(y, y))
  const [dx, ...slopes] = gradients(loss, [x, ...weights])
  const updates = weights.flatMap((theta, i): StateUpdate[] => {
    const velocity = parameter(random('float32', theta.shape, rng), 'statistic')
    const next = add(mul(velocity, 0.5), slopes[i]!)
    return [
      { state: theta, next: sub(theta, mul(next, 0.1)) },
      { state: velocity, next },
    ]
  })
  return { outputs: { loss, y, dx: dx! }, updates }
}

/** How many nodes of the blocked step are onnxruntime's own on blocked channels, by operator. */
function blockedOperators(step: Step): Record<string, number> {
  const { outputs, updates } = blockChannels(step, block)
  const counts: Record<string, number> = {}
  const { nodes } = reachable([...Object.values(outputs), ...updates.map(({ next }) => next)])
  for (const { op, domain } of nodes) if (domain === nchwcDomain) counts[op] = (counts[op] ?? 0) + 1
  return counts
}

/** Runs two steps in blocked layout and compares each with the plain graph. */
async function expectSame(step: Step, x: Value): Promise<void> {
  const { outputs, updates } = step
  const compiled = await compileStep({ ...step, session: { threads: 1 } })
  try {
    for (let i = 0; i < 2; i++) {
      const feeds = { x: random('float32', x.shape, rng) }
      const nexts = updates.map(({ next }, k) => [`next${k}`, next] as const)
      const wanted = await evaluate({ ...outputs, ...Object.fromEntries(nexts) }, feeds)
      const found = await compiled.run(feeds)
      for (const name of Object.keys(outputs)) expectClose(found[name]!, wanted[name]!, 2e-5, name)
      updates.forEach(({ state }, k) => {
        expectClose(compiled.state(state), wanted[`next${k}`]!, 2e-5, `state ${k}`)
      })
      compiled.sync()
      updates.forEach(({ state }, k) => {
        expectClose(state, wanted[`next${k}`]!, 2e-5, `state ${k} in its parameter`)
      })
    }
  } finally {
    await compiled.close()
  }
}

test.skipIf(block === 0).each([
  { what: 'stride 1', channels: [16, 32], kernel: [3, 3], options: { pads: [1, 1, 1, 1] } },
  { what: 'no padding', channels: [32, 16], kernel: [2, 4], options: {} },
  { what: 'uneven padding', channels: [16, 16], kernel: [3, 2], options: { pads: [0, 1, 2, 0] } },
  {
    what: 'stride 2',
    channels: [16, 32],
    kernel: [3, 3],
    options: { pads: [1, 1, 1, 1], strides: [2, 2] },
  },
  {
    what: 'strides 3 and 2',
    channels: [16, 16],
    kernel: [4, 3],
    options: { pads: [2, 1, 1, 1], strides: [3, 2] },
  },
  {
    what: 'a kernel smaller than the stride',
    channels: [16, 32],
    kernel: [1, 1],
    options: { strides: [2, 2] },
  },
  {
    what: 'dilation',
    channels: [16, 16],
    kernel: [3, 3],
    options: { pads: [2, 2, 2, 2], dilations: [2, 2] },
  },
  {
    what: 'groups',
    channels: [32, 32],
    kernel: [3, 3],
    options: { pads: [1, 1, 1, 1], groups: 2 },
  },
  {
    what: 'depthwise',
    channels: [32, 32],
    kernel: [3, 3],
    options: { pads: [1, 1, 1, 1], groups: 32 },
  },
  {
    what: 'three channels',
    channels: [3, 16],
    kernel: [7, 7],
    options: { pads: [3, 3, 3, 3], strides: [2, 2] },
  },
  { what: 'one channel', channels: [1, 16], kernel: [4, 5], options: {} },
  {
    what: 'channels that fill no block',
    channels: [24, 40],
    kernel: [3, 3],
    options: { pads: [1, 1, 1, 1] },
  },
] as {
  what: string
  channels: [number, number]
  kernel: [number, number]
  options: ConvOptions
}[])(
  'a convolution with $what and its gradients are those of the plain graph',
  async ({ channels: [c, o], kernel, options }) => {
    const x = input('x', [16, c, 9, 8])
    const w = weight(o, c / (options.groups ?? 1), ...kernel)
    const bias = weight(o)
    await expectSame(descent(conv(x, w, { ...options, bias }), x, [w, bias]), x)
  },
)

test.skipIf(block === 0).each([
  { what: 'tiles', kernel: [2, 2], options: {} },
  { what: 'tiles with a rest', kernel: [3, 2], options: { strides: [3, 2] } },
  { what: 'overlap', kernel: [3, 3], options: { strides: [2, 2], pads: [1, 1, 1, 1] } },
  { what: 'gaps', kernel: [2, 1], options: { strides: [3, 2] } },
  { what: 'uneven padding', kernel: [3, 4], options: { strides: [2, 3], pads: [1, 0, 2, 3] } },
  { what: 'a window over the edge', kernel: [3, 3], options: { strides: [2, 2], ceilMode: true } },
  { what: 'dilation', kernel: [2, 2], options: { dilations: [2, 2] } },
])('a maximum over windows with $what, and its gradient, ties included', async (one) => {
  const x = input('x', [2, 16, 9, 8])
  const w = weight(16, 16, 1, 1)
  // half of the places are 0, so many windows have several maxima
  const y = maxPool(relu(conv(x, w)), one.kernel, one.options)
  await expectSame(descent(add(y, 1), x, [w]), x)
})

test.skipIf(block === 0)('means over windows, with padding and over the edge', async () => {
  const x = input('x', [2, 16, 9, 8])
  const w = weight(16, 16, 1, 1)
  for (const countIncludePad of [false, true])
    for (const ceilMode of [false, true]) {
      const options = { strides: [2, 2], pads: [1, 1, 1, 1], ceilMode, countIncludePad }
      const y = averagePool(conv(x, w), [3, 3], options)
      await expectSame(descent(y, x, [w]), x)
    }
})

test.skipIf(block === 0)(
  'convolutions, their gradients and what lies between run blocked',
  async () => {
    const x = input('x', [16, 16, 8, 8])
    const [a, b, gain] = [weight(32, 16, 3, 3), weight(16, 32, 1, 1), weight(1, 32, 1, 1)]
    const inner = relu(add(mul(conv(x, a, { pads: [1, 1, 1, 1] }), gain), 0.5))
    const y = add(x, conv(maxPool(inner, [1, 1]), b))
    const step = descent(y, x, [a, b, gain])
    // forward 2, input 2, weights 2; the gain and its gradient
    expect(blockedOperators(step).Conv).toBeGreaterThanOrEqual(8)
    await expectSame(step, x)
  },
)

test.skipIf(block === 0)('reductions, broadcasts and choices of blocked Values', async () => {
  const x = input('x', [16, 32, 4, 4])
  const w = weight(32, 32, 1, 1)
  const y = conv(x, w)
  const perPlace = reduceMean(y, { axes: [1], keepAxes: true })
  const perChannel = reduceMax(y, { axes: [0, 2, 3], keepAxes: true })
  const gated = mul(y, globalAveragePool(y))
  const shifted = sub(sub(gated, perPlace), perChannel)
  const chosen = where(greater(shifted, 0), add(shifted, weight(32, 1, 1)), mul(y, 0.1))
  const rows = reduceSum(mul(chosen, chosen), { axes: [1, 2, 3] })
  const step = descent(chosen, x, [w])
  const outputs = {
    ...step.outputs,
    rows,
    max: reduceMax(y),
    places: reduceSum(y, { axes: [2, 3] }),
    columns: reduceSum(y, { axes: [0, 2] }),
  }
  await expectSame({ ...step, outputs }, x)
})

test.skipIf(block === 0)('weights that a fixed mask chooses, and a mask of weights', async () => {
  const x = input('x', [16, 16, 6, 6])
  const w = weight(32, 16, 3, 3)
  const bits = Uint8Array.from({ length: w.data.length }, (_, i) => ((7 * i) % 3 === 0 ? 1 : 0))
  const chosen = where(constant(tensor('bool', w.shape, bits)), w, 0)
  const step = descent(conv(x, chosen, { pads: [1, 1, 1, 1] }), x, [w])
  const positive = cast(greater(w, 0), 'float64')
  const perRow = reduceSum(positive, { axes: [3] })
  const mask = parameter(tensor('bool', w.shape, bits.slice()), 'statistic')
  const updates = [...step.updates, { state: mask, next: greater(w, 0) }]
  await expectSame({ outputs: { ...step.outputs, perRow }, updates }, x)
})

test.skipIf(block === 0)(
  'what becomes float64 between convolutions, and a state of it',
  async () => {
    const x = input('x', [16, 16, 6, 6])
    const w = weight(16, 16, 3, 3)
    const exact = maxPool(cast(conv(x, w, { pads: [1, 1, 1, 1] }), 'float64'), [2, 2])
    const step = descent(conv(cast(exact, 'float32'), w), x, [w])
    const sum = parameter(tensor('float64', w.shape, new Float64Array(w.data.length)), 'statistic')
    const updates = [...step.updates, { state: sum, next: add(sum, cast(w, 'float64')) }]
    await expectSame({ outputs: step.outputs, updates }, x)
  },
)

test.skipIf(block === 0)('shapes drawn at random', () =>
  fc.assert(
    fc.asyncProperty(
      fc.record({
        sides: fc.tuple(fc.integer({ min: 4, max: 9 }), fc.integer({ min: 4, max: 9 })),
        kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
        strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
        pads: fc.tuple(...[0, 1, 2, 3].map(() => fc.integer({ min: 0, max: 3 }))),
        channels: fc.constantFrom(1, 3, 16, 24, 32),
        batch: fc.constantFrom(1, 16, 32),
      }),
      async ({ sides, kernel, strides, pads, channels, batch }) => {
        const x = input('x', [batch, channels, ...sides])
        const w = weight(16, channels, ...kernel)
        const y = conv(x, w, { strides, pads: pads as [number, number, number, number] })
        await expectSame(descent(y, x, [w]), x)
      },
    ),
    { numRuns: 25, seed: 5 },
  ),
)

test('without blocks the step stays as it is', () => {
  const x = input('x', [16, 16, 4, 4])
  const w = weight(16, 16, 1, 1)
  const step = descent(conv(x, w), x, [w])
  expect(blockChannels(step, 0)).toEqual(step)
})

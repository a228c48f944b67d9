import type { HeapProfiler } from 'node:inspector'
import { Session } from 'node:inspector/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import fc from 'fast-check'
import { afterEach, expect, test } from 'vitest'
import {
  add,
  input,
  matmul,
  mul,
  neg,
  type Parameter,
  parameter,
  reduceSum,
  type StateUpdate,
  sub,
  sum,
  tanh,
  unsqueeze,
} from '../onnx/index.ts'
import { type Tensor, tensor, zeros } from '../tensor/index.ts'
import { evaluate } from './evaluate.ts'
import { statesToOverwrite } from './overwrite.ts'
import { compileStep, type Step, type StepOptions } from './step.ts'

setFlagsFromString('--expose-gc')
const collectGarbage: () => void = runInNewContext('gc')

const session = { threads: 1 }
const opened: Step[] = []
const open = async (options: StepOptions): Promise<Step> => {
  const step = await compileStep({ session, ...options })
  opened.push(step)
  return step
}
afterEach(async () => {
  await Promise.all(opened.splice(0).map((step) => step.close()))
})

const row = (...values: number[]) => tensor('float32', [values.length], Float32Array.from(values))
const valuesOf = ({ data }: Tensor) => Array.from(data, Number)

/** a ← tanh(a B + x), b ← b + a, with one output. */
function coupled() {
  const a = parameter(tensor('float32', [1, 2], Float32Array.of(0.5, -0.25)))
  const b = parameter(tensor('float32', [2, 2], Float32Array.of(0.1, 0.2, 0.3, 0.4)))
  const x = input('x', [1, 2])
  const updates: StateUpdate[] = [
    { state: a, next: tanh(add(matmul(a, b), x)) },
    { state: b, next: add(b, a) },
  ]
  return { a, b, x, updates, outputs: { total: reduceSum(mul(a, x)) } }
}

test('n steps are n evaluations of the updates, each from the values of the one before', () =>
  fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.float({ min: -1, max: 1, noNaN: true }), fc.constant(0.5)), {
        minLength: 1,
        maxLength: 5,
      }),
      async (given) => {
        const { a, b, updates, outputs } = coupled()
        const step = await open({ outputs, updates })
        let [nowA, nowB]: Tensor[] = [a, b]
        for (const x of given) {
          const feeds = { x: tensor('float32', [1, 2], Float32Array.from(x)) }
          // by hand: the same graph with the values so far as constants
          const fresh = coupled()
          ;(fresh.a.data as Float32Array).set(nowA!.data as Float32Array)
          ;(fresh.b.data as Float32Array).set(nowB!.data as Float32Array)
          const wanted = await evaluate(
            { ...fresh.outputs, a: fresh.updates[0]!.next, b: fresh.updates[1]!.next },
            feeds,
            session,
          )
          const { total } = await step.run(feeds)
          expect(valuesOf(total!)[0]).toBeCloseTo(valuesOf(wanted.total)[0]!, 6)
          expect(step.previous(a)!.data).toEqual(nowA!.data)
          for (const [state, next] of [
            [a, wanted.a],
            [b, wanted.b],
          ] as [Parameter, Tensor][])
            valuesOf(step.state(state)).forEach((value, i) => {
              expect(value).toBeCloseTo(valuesOf(next)[i]!, 5)
            })
          nowA = { ...step.state(a), data: step.state(a).data.slice() }
          nowB = { ...step.state(b), data: step.state(b).data.slice() }
        }
      },
    ),
    { numRuns: 8 },
  ))

test('before the first step the state is what the parameters hold, which steps do not change', async () => {
  const { a, updates, outputs } = coupled()
  const step = await open({ outputs, updates })
  expect(step.state(a).data).toEqual(a.data)
  await step.run({ x: tensor('float32', [1, 2], Float32Array.of(1, 1)) })
  expect(valuesOf(a)).toEqual([0.5, -0.25])
  expect(valuesOf(step.previous(a)!)).toEqual([0.5, -0.25])
})

test.each([
  { state: 'that only its own update reads', outputs: () => ({}), buffers: 1 },
  {
    state: 'that is read elsewhere too',
    outputs: (big: Parameter) => ({ y: reduceSum(big) }),
    buffers: 2,
  },
])('many steps keep a state $state in $buffers buffers, and nothing else', async (one) => {
  const size = 65_536
  const big = parameter(zeros([size]))
  const updates = [{ state: big, next: add(big, input('x', [1])) }]
  const step = await open({ outputs: one.outputs(big), updates })
  const feeds = { x: row(1) }
  const buffers = new Set<unknown>()
  const kept = async (): Promise<number> => {
    for (let i = 0; i < 50; i++) {
      await step.run(feeds)
      buffers.add(step.state(big).data.buffer)
    }
    collectGarbage()
    return process.memoryUsage().arrayBuffers
  }
  const before = await kept()
  // one buffer kept from each step would be 12.5 MiB
  expect((await kept()) - before).toBeLessThan(4 * size)
  expect(buffers.size).toBe(one.buffers)
  expect(buffers.has(big.data.buffer)).toBe(true)
  expect(step.state(big).data[0]).toBe(100)
  expect(step.previous(big)?.data[0]).toBe(one.buffers === 1 ? undefined : 99)
})

test('no step makes a copy of an output, so nothing is allocated from step to step', async () => {
  const size = 65_536
  const big = parameter(zeros([size]))
  const updates = [{ state: big, next: add(big, input('x', [1])) }]
  const step = await open({ outputs: { y: mul(big, 2) }, updates })
  const feeds = { x: row(1) }
  await step.run(feeds)
  const before = process.memoryUsage().arrayBuffers
  for (let i = 0; i < 8; i++) {
    await step.run(feeds)
    expect(process.memoryUsage().arrayBuffers).toBe(before)
  }
})

test('many steps of many states leave nothing on the heap and allocate next to nothing there', async () => {
  const states = Array.from({ length: 60 }, () => parameter(row(1, 2, 3, 4)))
  const x = input('x', [4])
  const step = await open({
    outputs: { y: reduceSum(mul(sum(...states), x)) },
    updates: states.map((state, i) => ({ state, next: sub(mul(state, 0.5 + i / 200), x) })),
  })
  const feeds = { x: row(1, 0, -1, 0.5) }
  const steps = 200
  const run = async (): Promise<void> => {
    for (let i = 0; i < steps; i++) await step.run(feeds)
  }
  await run()
  collectGarbage()
  const before = process.memoryUsage().heapUsed
  await run()
  collectGarbage()
  expect((process.memoryUsage().heapUsed - before) / steps).toBeLessThan(1024)
  // what is allocated, and soon dropped, in code of our own: a few bytes for each state
  expect((await allocatedHere(run)) / steps).toBeLessThan(4096)
})

/** Bytes that src/runtime and what it calls in JavaScript itself allocate meanwhile, by sampling. */
async function allocatedHere(run: () => Promise<void>): Promise<number> {
  const inspector = new Session()
  inspector.connect()
  await inspector.post('HeapProfiler.startSampling', {
    samplingInterval: 1024,
    includeObjectsCollectedByMajorGC: true,
    includeObjectsCollectedByMinorGC: true,
  })
  await run()
  const { profile } = await inspector.post('HeapProfiler.stopSampling')
  inspector.disconnect()
  const sizeUnder = (node: HeapProfiler.SamplingHeapProfileNode, isOurs: boolean): number => {
    const { url } = node.callFrame
    const ours = url === '' ? isOurs : /src\/runtime\/(session|step)\.ts/.test(url)
    return node.children.reduce(
      (total, child) => total + sizeUnder(child, ours),
      ours ? node.selfSize : 0,
    )
  }
  return sizeUnder(profile.head, false)
}

test('sync brings the state into the parameters, where the next graph starts', async () => {
  const [count, weight] = [parameter(row(0)), parameter(row(0))]
  const x = input('x', [1])
  const updates = [
    { state: count, next: add(count, x) },
    { state: weight, next: add(weight, x) },
  ]
  for (const steps of [1, 2]) {
    const step = await open({ outputs: { y: reduceSum(weight) }, updates })
    const start = valuesOf(count)[0]!
    for (let i = 0; i < steps; i++) await step.run({ x: row(1) })
    step.sync()
    for (const state of [count, weight]) expect(valuesOf(state)).toEqual([start + steps])
    await step.run({ x: row(1) })
    for (const state of [count, weight])
      expect(valuesOf(step.state(state))).toEqual([start + steps + 1])
    step.sync()
  }
})

test('a state is written over only by the operation that reads it, element by element', async () => {
  const [m, v, both, spread, alone] = [0, 1, 2, 3, 4].map(() => parameter(row(1, 2)))
  const g = input('g', [2])
  const moved = add(mul(m!, 0.5), g)
  const updates = [
    { state: m!, next: moved },
    { state: v!, next: add(mul(v!, 0.5), mul(g, g)) },
    // read in two places, through a broadcast, and by something that its next value does not need
    { state: both!, next: sub(both!, mul(both!, moved)) },
    { state: spread!, next: reduceSum(mul(unsqueeze(spread!, [1]), g), { axes: [0] }) },
    { state: alone!, next: mul(g, 3) },
  ]
  expect(statesToOverwrite({ y: neg(alone!) }, updates)).toEqual(new Set([m, v]))
  const step = await open({ outputs: {}, updates: updates.slice(0, 3) })
  for (let i = 0; i < 2; i++) await step.run({ g: row(1, -1) })
  expect(valuesOf(step.state(m!))).toEqual([1.75, -1])
  expect(valuesOf(step.state(v!))).toEqual([1.75, 2])
  expect(valuesOf(step.state(both!))).toEqual([1 - 1.5 - -0.5 * 1.75, 2 - 0 - 2 * -1])
})

test('a step that fails leaves the state as it was', async () => {
  const count = parameter(row(3))
  const step = await open({
    outputs: {},
    updates: [{ state: count, next: add(count, input('x', [1])) }],
  })
  await expect(step.run({})).rejects.toMatchObject({ code: 'InvalidInput' })
  await expect(step.run({ x: row(1, 2) })).rejects.toMatchObject({ code: 'InvalidInput' })
  expect(valuesOf(step.state(count))).toEqual([3])
  await step.run({ x: row(1) })
  expect(valuesOf(step.state(count))).toEqual([4])
})

test('a state may ignore its old value, keep it, or change in float64 or int64', async () => {
  const [replaced, kept] = [parameter(row(1)), parameter(row(2))]
  const double = parameter(tensor('float64', [1], Float64Array.of(1 / 3)))
  const count = parameter(tensor('int64', [1], BigInt64Array.of(2n ** 53n)), 'statistic')
  const x = input('x', [1])
  const step = await open({
    outputs: {},
    updates: [
      { state: replaced, next: mul(x, 1) },
      { state: kept, next: kept },
      { state: double, next: mul(double, 3) },
      { state: count, next: add(count, 1) },
    ],
  })
  await step.run({ x: row(9) })
  await step.run({ x: row(7) })
  expect(valuesOf(step.state(replaced))).toEqual([7])
  expect(valuesOf(step.state(kept))).toEqual([2])
  expect(valuesOf(step.state(double))[0]).toBeCloseTo(3, 14)
  expect(step.state(count).data[0]).toBe(2n ** 53n + 2n)
})

test('mistakes are named', async () => {
  const a = parameter(row(1, 2))
  const x = input('x', [1])
  const next = add(a, x)
  await expect(
    open({
      outputs: {},
      updates: [
        { state: a, next },
        { state: a, next: a },
      ],
    }),
  ).rejects.toThrow(/a parameter has two updates/)
  await expect(open({ outputs: {}, updates: [{ state: a, next: x }] })).rejects.toThrow(
    /next value of a float32 parameter of shape \[2\] is float32 of shape \[1\]/,
  )
  const step = await open({ outputs: {}, updates: [{ state: a, next }] })
  expect(() => step.state(parameter(row(1)))).toThrow(/shape \[1\] is not among its updates/)
})

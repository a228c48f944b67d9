import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { linearPlan } from '../../tests/support/linear-plan.ts'
import { takeCheckpoint } from '../../tests/support/train-linear.ts'
import { numericError, rngFromSeed } from '../core/index.ts'
import { BatchNorm, type Mode } from '../nn/index.ts'
import { add, input, mul, parameter, reduceMean, sub, type Value } from '../onnx/index.ts'
import { exponentialAverage, linear, withAverages } from '../optim/index.ts'
import { compileStep } from '../runtime/index.ts'
import { tensor, zeros } from '../tensor/index.ts'
import { buildStep } from './build-step.ts'
import type { TrainingPlan, TrainingSettings } from './plan.ts'
import { train } from './train.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-teacher-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/**
 * A linear map that learns from samples and from its own average, by a weight and with a decay that
 * follow schedules; a state of the plan's own keeps the mean of what the teacher says.
 */
function taughtPlan(options: Partial<TrainingPlan> = {}) {
  const decay = input('decay', [])
  const average = exponentialAverage({ decay })
  const { plan, network } = linearPlan({
    average,
    schedules: { decay: linear({ start: 0.5, end: 1 }), share: linear({ start: 0.2, end: 0.8 }) },
    ...options,
  })
  const said = parameter(zeros([]), 'statistic')
  const batch = 16 / (options.accumulate ?? 1)
  const phases = plan.phases.map((phase) => ({
    ...phase,
    build(mode: Mode) {
      const student = network.apply(input('x', [batch, 3]))
      const [teacher] = withAverages(average, [student]) as [Value]
      if (mode.kind === 'training')
        mode.updates.push({ state: said, next: add(mul(said, 0.9), mul(reduceMean(teacher), 0.1)) })
      const far = (from: Value) => reduceMean(mul(sub(student, from), sub(student, from)))
      const taught = far(teacher)
      return { loss: add(far(input('y', [batch, 1])), mul(taught, input('share', []))), taught }
    },
  }))
  const whole = { weight: network.weight, bias: network.bias, said }
  return { plan: { ...plan, network: whole, phases }, network, said, average }
}

const settings = (more: Partial<TrainingSettings> = {}): TrainingSettings => ({
  folder,
  identity: 'taught',
  ...more,
})

test.each([1, 4])(
  'stopped anywhere and resumed, it is the same to the last bit, %d batches a step',
  async (accumulate) => {
    const straight = await train(taughtPlan({ accumulate }).plan, settings())
    const whole = await takeCheckpoint(folder)
    expect([...whole.keys()]).toEqual(
      expect.arrayContaining(['said', 'weight/average', 'bias/average', 'best:said']),
    )
    for (const stopAfter of [1, 13, 30, 47]) {
      const interrupt = new AbortController()
      const stopped = train(
        taughtPlan({ accumulate }).plan,
        settings({
          signal: interrupt.signal,
          progress: ({ done }) => {
            if (done === stopAfter) interrupt.abort()
          },
        }),
      )
      await expect(stopped).rejects.toMatchObject({ code: 'Cancelled' })
      const resumed = await train(taughtPlan({ accumulate }).plan, settings())
      expect(resumed.curve).toEqual(straight.curve)
      expect([...(await takeCheckpoint(folder))]).toEqual([...whole])
    }
  },
)

test.each([2, 8])('in %d parts the steps are those of one batch', async (accumulate) => {
  const one = await train(taughtPlan().plan, settings())
  const whole = await takeCheckpoint(folder)
  const parts = await train(taughtPlan({ accumulate }).plan, settings())
  const found = await takeCheckpoint(folder)
  for (const name of ['weight', 'bias', 'weight/average', 'bias/average'])
    expectClose(found.get(name)!, whole.get(name)!, 2e-5, name)
  one.curve.forEach((row, i) => {
    expectClose([parts.curve[i]!.taught!], [row.taught!], 1e-3, `taught in epoch ${i + 1}`)
  })
})

test('each step is taught by the average of all before it, e ← d e + (1 − d) θ after it', async () => {
  const { plan, network, average, said } = taughtPlan()
  const phase = plan.phases[0]!
  const graph = buildStep({ phase, plan, rng: rngFromSeed(1) })
  const step = await compileStep({ ...graph, session: { threads: 1 } })
  const scalar = (x: number) => tensor('float32', [], Float32Array.of(x))
  const read = (of: typeof network.weight) => Array.from(step.state(of).data, Number)
  const now = () => [...read(network.weight), ...read(network.bias)]
  const averages = () => [...read(average.of(network.weight)), ...read(average.of(network.bias))]
  let [before, teacher, mean] = [now(), averages(), 0]
  expect(teacher).toEqual(before)
  for (let i = 0; i < 8; i++) {
    const feeds = await phase.feeds(0, i)
    const decay = 0.5 + 0.05 * i
    const { taught } = await step.run({
      ...feeds,
      decay: scalar(decay),
      share: scalar(0.3),
      learningRate: scalar(0.1),
      step: scalar(i + 1),
    })
    const says = (w: readonly number[], row: number) =>
      w[3]! + [0, 1, 2].reduce((sum, k) => sum + w[k]! * Number(feeds.x!.data[row * 3 + k]), 0)
    const rows = [...Array(16).keys()]
    const wanted = rows.map((row) => (says(before, row) - says(teacher, row)) ** 2)
    expectClose(taught!, [wanted.reduce((a, b) => a + b) / 16], i === 0 ? 1 : 1e-4)
    mean = 0.9 * mean + 0.1 * (rows.reduce((sum, row) => sum + says(teacher, row), 0) / 16)
    expectClose(step.state(said), [mean], 1e-5)
    before = now()
    teacher = teacher.map((e, k) => decay * e + (1 - decay) * before[k]!)
    expectClose(averages(), teacher, 1e-5)
  }
  await step.close()
})

test('a teacher’s own running statistics are validated and kept with its weights', async () => {
  const norm = new BatchNorm({ channels: 3 })
  const average = exponentialAverage({ decay: 0.9 })
  const { plan } = linearPlan({ epochs: 2, average })
  const seen: number[][] = []
  const phases = plan.phases.map((phase) => ({
    ...phase,
    build(mode: Mode) {
      const y = norm.apply(input('x', [16, 3]), mode)
      if (mode.kind !== 'training') throw new Error('only trained here')
      const own = [...mode.updates]
      const nexts = withAverages(
        average,
        own.map(({ next }) => add(next, 1)),
      )
      mode.updates.push(
        ...own.map(({ state }, i) => ({ state: average.of(state), next: nexts[i]! })),
      )
      return { loss: reduceMean(mul(sub(y, 2), sub(y, 2))) }
    },
  }))
  await train(
    {
      ...plan,
      network: norm,
      phases,
      async validate() {
        seen.push(Array.from(norm.mean.data, Number))
        return { score: 0, metrics: {} }
      },
    },
    settings(),
  )
  const tensors = await takeCheckpoint(folder)
  expect(seen[1]).toEqual(Array.from(tensors.get('mean/average')!.data, Number))
  expect(Math.min(...seen[1]!)).toBeGreaterThan(5) // one more at each of 20 steps, 0.9 of it kept
  expect(Math.max(...Array.from(tensors.get('mean')!.data, Number))).toBeLessThan(1)
  expect(tensors.get('best:mean')!.data).toEqual(Float32Array.from(seen[0]!))
})

describe('schedules', () => {
  test('are columns of the curve', async () => {
    const { curve } = await train(taughtPlan().plan, settings())
    expect(Object.keys(curve[0]!).slice(0, 4)).toEqual(['epoch', 'learningRate', 'decay', 'share'])
    expectClose(
      curve.map(({ share }) => share!),
      [1, 2, 3, 4, 5, 6].map((epoch) => 0.2 + 0.1 * epoch),
      1e-6,
    )
  })

  test.each([
    ['loss', () => 1, /schedule is called "loss", as another column/],
    ['step', () => 1, /schedule is called "step"/],
    ['share', () => Number.NaN, /schedule of "share" gives NaN at progress 0, it must be a finite/],
  ])('%s that cannot be is refused', async (name, schedule, message) => {
    const { plan } = taughtPlan()
    const schedules = { ...plan.schedules!, [name]: schedule }
    await expect(train({ ...plan, schedules }, settings())).rejects.toThrow(message)
  })
})

test.each([2, 6])(
  'an inspection that throws after epoch %d ends the run, and does so again',
  async (last) => {
    const seen: number[] = []
    const inspected = () => {
      const { plan } = taughtPlan()
      return train(
        {
          ...plan,
          inspect(curve) {
            seen.push(curve.length)
            if (curve.length === last) throw numericError('collapsed')
          },
        },
        settings(),
      )
    }
    await expect(inspected()).rejects.toThrow('collapsed')
    await expect(inspected()).rejects.toThrow('collapsed')
    expect(seen).toEqual([...Array(last).keys()].map((i) => i + 1).concat(last))
    expect((await takeCheckpoint(folder)).has('weight/average')).toBe(true)
  },
)

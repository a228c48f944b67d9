import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { linearPlan } from '../../tests/support/linear-plan.ts'
import { estimateTraining } from './estimate.ts'
import type { TrainingEstimate } from './plan.ts'
import { train } from './train.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-estimate-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const phase = linearPlan().plan.phases[0]!
const plan = {
  phases: [
    { ...phase, epochs: 6, stepsPerEpoch: 10, work: 2 },
    { ...phase, epochs: 4, stepsPerEpoch: 5, work: 6 },
  ],
  validateEvery: 3,
  validationWork: 20,
}

test('phases and validations take as long as their work says', () => {
  // 60 steps of 10 ms, 20 of 30 ms; validations after epochs 3, 6, 9 and 10, of 100 ms
  expect(estimateTraining({ plan, epoch: 0, step: 0, msPerStep: 10 })).toEqual({
    seconds: 0.6 + 0.6 + 0.4,
    phases: [
      { epochs: 6, stepsPerEpoch: 10, msPerStep: 10 },
      { epochs: 4, stepsPerEpoch: 5, msPerStep: 30 },
    ],
    validations: 4,
    secondsPerValidation: 0.1,
  })
})

test('from the middle of a later phase only what is left counts', () => {
  // 2 of epoch 8's 5 steps are done: 3 + 2 x 5 steps of 30 ms, and two validations
  const estimate = estimateTraining({ plan, epoch: 7, step: 2, msPerStep: 30 })
  expect(estimate.phases).toEqual([{ epochs: 3, stepsPerEpoch: 5, msPerStep: 30 }])
  expect(estimate.validations).toBe(2)
  expect(estimate.seconds).toBeCloseTo(13 * 0.03 + 2 * 0.1, 9)
})

test('without anything said about work all steps are alike', () => {
  const phases = [
    { ...phase, epochs: 1 },
    { ...phase, epochs: 2 },
  ]
  const estimate = estimateTraining({
    plan: { phases, validateEvery: 1 },
    ...{ epoch: 0, step: 0, msPerStep: 8 },
  })
  expect(estimate.seconds).toBeCloseTo(0.24, 9)
})

test('a training says once how long it takes, and so it is when it goes on', async () => {
  const heard: TrainingEstimate[] = []
  const interrupt = new AbortController()
  const settings = {
    folder,
    identity: 'run',
    estimated: (estimate: TrainingEstimate) => void heard.push(estimate),
  }
  const stopped = train(linearPlan().plan, {
    ...settings,
    signal: interrupt.signal,
    progress: ({ done }) => done === 32 && interrupt.abort(),
  })
  await expect(stopped).rejects.toMatchObject({ code: 'Cancelled' })
  await train(linearPlan().plan, settings)
  expect(heard).toHaveLength(2)
  expect(heard[0]!.phases.map(({ epochs }) => epochs)).toEqual([3, 3])
  expect(heard[1]!.phases.map(({ epochs }) => epochs)).toEqual([3])
  for (const { seconds } of heard) expect(seconds).toBeGreaterThan(0)
})

test('of a training of one step nothing can be said', async () => {
  const heard: TrainingEstimate[] = []
  const { plan } = linearPlan({ epochs: 2 })
  const short = { ...plan, phases: [{ ...plan.phases[0]!, epochs: 1, stepsPerEpoch: 1 }] }
  await train(short, { folder, identity: 'run', estimated: (one) => void heard.push(one) })
  expect(heard).toEqual([])
})

import { invalidInput } from '../core/index.ts'
import { rateAt } from '../optim/index.ts'
import type { StepGraph } from './build-step.ts'
import type { TrainingPlan } from './plan.ts'

type Scheduled = Pick<TrainingPlan, 'schedule' | 'schedules'>

/**
 * What follows a schedule, at a moment of the training: `learningRate` and the plan's own.
 * @throws InvalidInput when one is no number
 */
export function scheduledAt(
  { schedule, schedules = {} }: Scheduled,
  progress: number,
): Readonly<Record<string, number>> {
  const found: Record<string, number> = { learningRate: rateAt(schedule, progress) }
  for (const [name, at] of Object.entries(schedules)) {
    found[name] = at(progress)
    if (!Number.isFinite(found[name]))
      throw invalidInput(
        `training: the schedule of "${name}" gives ${found[name]} at progress ${progress}, it must be a finite number`,
      )
  }
  return found
}

/**
 * Makes sure that the plan's schedules have names of their own.
 * @throws InvalidInput naming the one that has not
 */
export function assertScheduleNames(
  { schedules = {} }: Scheduled,
  { outputs, gathering }: Pick<StepGraph, 'outputs' | 'gathering'>,
): void {
  const columns = new Set([
    ...['epoch', 'learningRate', 'step'],
    ...Object.keys({ ...outputs, ...gathering?.outputs }),
  ])
  const twice = Object.keys(schedules).find((name) => columns.has(name))
  if (twice !== undefined)
    throw invalidInput(
      `training: a schedule is called "${twice}", as another column of the curve or input of the step; rename it`,
    )
}

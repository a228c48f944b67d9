import type { TrainingPlan, TrainingResult, TrainingSettings } from './plan.ts'
import { TrainingRun } from './training-run.ts'

/**
 * Trains a network, validates it, keeps its best epoch and stops early when it no longer improves.
 *
 * A checkpoint is saved after each epoch and when the signal fires, and a run that finds one goes
 * on from it, step for step as if it had never stopped. The network ends with the parameters of
 * its best epoch.
 * @throws Numeric when the loss is no number, naming the step and the first bad value; Cancelled
 *   when the signal fired (what was done is saved); Conflict when the folder holds another run;
 *   whatever the plan's own inspection of the curve throws
 */
export async function train(
  plan: TrainingPlan,
  settings: TrainingSettings,
): Promise<TrainingResult> {
  const run = await TrainingRun.open(plan, settings)
  try {
    run.inspect()
    while (!run.finished) {
      await run.trainEpoch()
      await run.closeEpoch()
      run.inspect()
    }
    return run.result()
  } finally {
    await run.close()
  }
}

import { join } from 'node:path'
import { cancelled, numericError, silent } from '../core/index.ts'
import { parametersOf } from '../nn/index.ts'
import { compileStep, type NamedTensors, type Step } from '../runtime/index.ts'
import { buildStep, type StepGraph } from './build-step.ts'
import { type Position, readCheckpoint, restore, snapshot, writeCheckpoint } from './checkpoint.ts'
import { writeCurve } from './curve.ts'
import { describeFirstBadValue } from './first-bad-value.ts'
import type { CurveRow, Phase, TrainingPlan, TrainingResult, TrainingSettings } from './plan.ts'

/**
 * Trains a network, validates it, keeps its best epoch and stops early when it no longer improves.
 *
 * A checkpoint is saved after each epoch and when the signal fires, and a run that finds one goes
 * on from it, step for step as if it had never stopped. The network ends with the parameters of
 * its best epoch.
 * @throws Numeric when the loss is no number, naming the step and the first bad value; Cancelled
 *   when the signal fired (what was done is saved)
 */
export async function train(
  plan: TrainingPlan,
  settings: TrainingSettings,
): Promise<TrainingResult> {
  const { folder, identity, signal, progress = silent } = settings
  const checkpointPath = join(folder, 'checkpoint.safetensors')
  const parameters = parametersOf(plan.network)
  const totalEpochs = plan.phases.reduce((sum, phase) => sum + phase.epochs, 0)
  const totalSteps = plan.phases.reduce(
    (sum, { epochs, stepsPerEpoch }) => sum + epochs * stepsPerEpoch,
    0,
  )
  const saved = await readCheckpoint(checkpointPath, identity)
  const position: Position = saved?.position ?? {
    identity,
    epoch: 0,
    step: 0,
    stepsDone: 0,
    sums: {},
    curve: [],
    best: null,
    sinceBest: 0,
    seconds: 0,
  }
  let best = saved?.best ?? new Map()
  let open: { phase: Phase; graph: StepGraph; step: Step } | undefined
  let since = performance.now()
  const enter = async (phase: Phase): Promise<NonNullable<typeof open>> => {
    if (open?.phase === phase) return open
    await open?.step.close()
    const graph = buildStep(phase, plan.network, plan.optimizer)
    if (open === undefined && saved !== undefined) restore(graph.states, saved.states)
    const step = await compileStep({
      ...graph,
      ...(settings.session ? { session: settings.session } : {}),
    })
    open = { phase, graph, step }
    return open
  }
  const save = async (): Promise<void> => {
    position.seconds += (performance.now() - since) / 1000
    since = performance.now()
    open?.step.sync()
    const states = new Map(open?.graph.states ?? parameters)
    await writeCheckpoint(checkpointPath, { position, states, best })
  }
  const mayStop = async (): Promise<void> => {
    if (signal?.aborted !== true) return
    await save()
    throw cancelled(
      `training: stopped in epoch ${position.epoch + 1} after step ${position.step}, saved; the same command goes on from there`,
    )
  }
  let stoppedEarly = position.sinceBest >= plan.patience
  try {
    while (position.epoch < totalEpochs && !stoppedEarly) {
      const phase = phaseAt(plan.phases, position.epoch)
      const { graph, step } = await enter(phase)
      const batches = prefetch(phase, position)
      for (let learningRate = 0; position.step < phase.stepsPerEpoch; ) {
        await mayStop()
        learningRate = plan.schedule(position.stepsDone / totalSteps)
        const feeds: NamedTensors = {
          ...(await batches.next()),
          learningRate: scalarTensor(learningRate),
          step: scalarTensor(position.stepsDone + 1),
        }
        const outputs = await step.run(feeds)
        const loss = Number(outputs['loss']!.data[0])
        if (!Number.isFinite(loss))
          throw numericError(
            `training: the loss is ${loss} at step ${position.stepsDone + 1} (epoch ${position.epoch + 1}): ${await describeFirstBadValue(graph, step, feeds)}; lower the learning rate or look at that input`,
          )
        for (const [name, value] of Object.entries(outputs))
          position.sums[name] = (position.sums[name] ?? 0) + Number(value.data[0])
        position.step++
        position.stepsDone++
        progress({
          task: `Training, epoch ${position.epoch + 1} of ${totalEpochs}`,
          done: position.stepsDone,
          total: totalSteps,
          unit: 'steps',
          note: `loss ${(position.sums['loss']! / position.step).toFixed(4)}${position.best === null ? '' : `, best ${position.best.score.toFixed(4)}`}`,
        })
      }
      step.sync()
      const row: Record<string, number> = {
        epoch: position.epoch + 1,
        learningRate: plan.schedule(position.stepsDone / totalSteps),
      }
      for (const [name, sum] of Object.entries(position.sums)) row[name] = sum / phase.stepsPerEpoch
      if ((position.epoch + 1) % plan.validateEvery === 0 || position.epoch + 1 === totalEpochs) {
        const { score, metrics } = await plan.validate()
        Object.assign(row, metrics)
        if (position.best === null || score > position.best.score) {
          position.best = { epoch: position.epoch + 1, score, metrics: { ...metrics } }
          position.sinceBest = 0
          best = snapshot(parameters)
        } else position.sinceBest++
        stoppedEarly = position.sinceBest >= plan.patience
      }
      position.curve.push(row)
      position.epoch++
      position.step = 0
      position.sums = {}
      await save()
      await writeCurve(folder, position.curve as unknown as CurveRow[])
    }
  } finally {
    await open?.step.close()
  }
  restore(parameters, best)
  const { score, metrics, epoch } = position.best!
  return {
    curve: position.curve as unknown as CurveRow[],
    bestEpoch: epoch,
    best: { score, metrics },
    stoppedEarly: stoppedEarly && position.epoch < totalEpochs,
    seconds: position.seconds,
  }
}

function phaseAt(phases: readonly Phase[], epoch: number): Phase {
  let end = 0
  for (const phase of phases) {
    end += phase.epochs
    if (epoch < end) return phase
  }
  return phases.at(-1)!
}

/** Prepares the next batches of an epoch while the graph runs. */
function prefetch(phase: Phase, { epoch, step }: Position): { next(): Promise<NamedTensors> } {
  const ahead = 2
  const queue: Promise<NamedTensors>[] = []
  let upcoming = step
  const fill = (): void => {
    while (queue.length < ahead && upcoming < phase.stepsPerEpoch) {
      const batch = phase.feeds(epoch, upcoming++)
      // A failure is reported when the batch is taken, not before.
      batch.catch(() => {})
      queue.push(batch)
    }
  }
  fill()
  return {
    async next() {
      const batch = await queue.shift()!
      fill()
      return batch
    },
  }
}

function scalarTensor(x: number) {
  return { dtype: 'float32', shape: [], data: Float32Array.of(x) } as const
}

import { mkdir } from 'node:fs/promises'
import { cancelled, conflict, hashText, rngFromSeed, silent } from '../core/index.ts'
import { parametersOf } from '../nn/index.ts'
import type { Parameter } from '../onnx/index.ts'
import type { Tensor } from '../tensor/index.ts'
import { buildStep, type StepGraph } from './build-step.ts'
import {
  type Checkpoint,
  checkpointPath,
  type Position,
  readCheckpoint,
  restore,
  snapshot,
  writeCheckpoint,
} from './checkpoint.ts'
import { writeCurve } from './curve.ts'
import { estimateTraining } from './estimate.ts'
import { openStep, type TrainingStep } from './open-step.ts'
import type { Phase, TrainingPlan, TrainingResult, TrainingSettings } from './plan.ts'
import { prefetch } from './prefetch.ts'
import { assertScheduleNames, scheduledAt } from './scheduled.ts'

/** How many steps are timed to say how long the training takes; one more, the first, is slower. */
const timedSteps = 4

/** A training under way: its position, its best parameters and the step that is compiled. */
export class TrainingRun {
  readonly #plan: TrainingPlan
  readonly #settings: TrainingSettings
  readonly #checkpointPath: string
  readonly #parameters: ReadonlyMap<string, Parameter>
  readonly #epochs: number
  readonly #steps: number
  readonly #position: Position
  #best: ReadonlyMap<string, Tensor>
  #saved: Checkpoint | undefined
  #open: { phase: Phase; graph: StepGraph; step: TrainingStep } | undefined
  readonly #begun: Pick<Position, 'epoch' | 'step'>
  #since = performance.now()
  /** How long the steps of this sitting took, until its length has been estimated. */
  #stepMs: number[] | undefined = []

  /** Starts afresh, or where the checkpoint in the run folder stands. */
  static async open(plan: TrainingPlan, settings: TrainingSettings): Promise<TrainingRun> {
    const path = checkpointPath(settings.folder)
    return new TrainingRun(plan, settings, path, await readCheckpoint(path, settings.identity))
  }

  private constructor(
    plan: TrainingPlan,
    settings: TrainingSettings,
    path: string,
    saved: Checkpoint | undefined,
  ) {
    this.#plan = plan
    this.#settings = settings
    this.#checkpointPath = path
    this.#parameters = parametersOf(plan.network)
    this.#epochs = plan.phases.reduce((sum, phase) => sum + phase.epochs, 0)
    this.#steps = plan.phases.reduce((sum, p) => sum + p.epochs * p.stepsPerEpoch, 0)
    this.#saved = saved
    this.#position = saved?.position ?? firstPosition(settings.identity)
    this.#begun = { epoch: this.#position.epoch, step: this.#position.step }
    this.#best = saved?.best ?? new Map()
  }

  get finished(): boolean {
    return this.#position.epoch >= this.#epochs || this.#outOfPatience
  }

  /** Runs the steps that are left of the current epoch. */
  async trainEpoch(): Promise<void> {
    const position = this.#position
    const { epoch } = position
    const phase = this.#phase()
    const { step } = await this.#enter(phase)
    const each = this.#plan.accumulate ?? 1
    const [from, to] = [position.step * each, phase.stepsPerEpoch * each]
    const batches = prefetch(phase, { epoch, from, to })
    while (position.step < phase.stepsPerEpoch) {
      await this.#stopIfAsked()
      const at = { scheduled: this.#scheduled(), step: position.stepsDone + 1, epoch }
      const began = performance.now()
      const outputs = await step.run(batches, at)
      const ms = performance.now() - began
      for (const [name, value] of Object.entries(outputs))
        position.sums[name] = (position.sums[name] ?? 0) + value
      position.step++
      position.stepsDone++
      this.#estimate(ms)
      this.#report()
    }
    step.sync()
  }

  /** Validates where it is time to, adds the epoch to the curve and saves. */
  async closeEpoch(): Promise<void> {
    const position = this.#position
    const epoch = position.epoch + 1
    const row: Record<string, number> = { epoch, ...this.#scheduled() }
    for (const [name, sum] of Object.entries(position.sums)) row[name] = sum / position.step
    if (epoch % this.#plan.validateEvery === 0 || epoch === this.#epochs)
      Object.assign(row, await this.#judge(epoch))
    position.curve.push(row)
    position.epoch = epoch
    position.step = 0
    position.sums = {}
    await this.#save()
    await writeCurve(this.#settings.folder, position.curve)
  }

  /** Shows the plan the curve so far, which may end the training. */
  inspect(): void {
    if (this.#position.curve.length > 0) this.#plan.inspect?.(this.#position.curve)
  }

  /** Puts the best epoch's parameters into the network. */
  result(): TrainingResult {
    restore(this.#parameters, this.#best)
    const { curve, best, epoch, seconds } = this.#position
    return {
      curve,
      bestEpoch: best!.epoch,
      best: { score: best!.score, metrics: best!.metrics },
      stoppedEarly: epoch < this.#epochs,
      seconds,
    }
  }

  async close(): Promise<void> {
    await this.#open?.step.close()
  }

  get #outOfPatience(): boolean {
    return this.#position.sinceBest >= this.#plan.patience
  }

  #phase(): Phase {
    let end = 0
    for (const phase of this.#plan.phases) {
      end += phase.epochs
      if (this.#position.epoch < end) return phase
    }
    return this.#plan.phases.at(-1)!
  }

  /** Before its last phase a training is not over: what follows is other work, larger pictures for one. */
  #isLast(): boolean {
    return this.#phase() === this.#plan.phases.at(-1)
  }

  /** Compiles the step of a phase; states carry over from the phase before, or the checkpoint. */
  async #enter(phase: Phase): Promise<{ graph: StepGraph; step: TrainingStep }> {
    if (this.#open?.phase === phase) return this.#open
    await this.#open?.step.close()
    const rng = rngFromSeed(hashText(this.#settings.identity))
    const graph = buildStep({ phase, plan: this.#plan, rng })
    assertScheduleNames(this.#plan, graph)
    if (this.#saved !== undefined) this.#resume(graph, this.#saved)
    this.#saved = undefined
    const step = await openStep(graph, this.#settings.session)
    this.#open = { phase, graph, step }
    return this.#open
  }

  #resume({ states }: StepGraph, saved: Checkpoint): void {
    const missing = [...states.keys()].find((name) => !saved.states.has(name))
    if (missing !== undefined)
      throw conflict(
        `${this.#checkpointPath}: has no state "${missing}", so it was made with other settings; remove the run folder or name another one with --out`,
      )
    restore(states, saved.states)
  }

  async #judge(epoch: number): Promise<Readonly<Record<string, number>>> {
    const position = this.#position
    const back = this.#averaged()
    try {
      const { score, metrics } = await this.#plan.validate()
      if (position.best === null || score > position.best.score) {
        position.best = { epoch, score, metrics: { ...metrics } }
        position.sinceBest = 0
        this.#best = snapshot(this.#parameters)
      } else position.sinceBest = this.#isLast() ? position.sinceBest + 1 : 0
      return metrics
    } finally {
      back()
    }
  }

  /** Puts the averages into the network, where the plan has them; the result undoes it. */
  #averaged(): () => void {
    const { averages } = this.#open!.graph
    const own = new Map([...averages.keys()].map((name) => [name, this.#parameters.get(name)!]))
    const before = snapshot(own)
    restore(own, averages)
    return () => restore(own, before)
  }

  async #stopIfAsked(): Promise<void> {
    if (this.#settings.signal?.aborted !== true) return
    await this.#save()
    const { epoch, step } = this.#position
    throw cancelled(
      `training: stopped in epoch ${epoch + 1} after step ${step}, saved; the same command goes on from there`,
    )
  }

  async #save(): Promise<void> {
    const now = performance.now()
    this.#position.seconds += (now - this.#since) / 1000
    this.#since = now
    const { graph, step } = this.#open!
    step.sync()
    await mkdir(this.#settings.folder, { recursive: true })
    await writeCheckpoint(this.#checkpointPath, {
      position: this.#position,
      states: snapshot(graph.states),
      best: this.#best,
    })
  }

  /** Says once how long it will take. */
  #estimate(ms: number): void {
    const times = this.#stepMs
    times?.push(ms)
    const last = this.#position.stepsDone === this.#steps
    if (times === undefined || !(times.length > timedSteps || last)) return
    this.#stepMs = undefined
    const [, ...warm] = times
    if (warm.length === 0) return
    const msPerStep = warm.reduce((sum, one) => sum + one, 0) / warm.length
    this.#settings.estimated?.(estimateTraining({ plan: this.#plan, ...this.#begun, msPerStep }))
  }

  #scheduled(): Readonly<Record<string, number>> {
    return scheduledAt(this.#plan, this.#position.stepsDone / this.#steps)
  }

  #report(): void {
    const { epoch, step, stepsDone, sums, best } = this.#position
    const where = `epoch ${epoch + 1} of ${this.#epochs}, loss ${(sums.loss! / step).toFixed(4)}`
    const { progress = silent } = this.#settings
    progress({
      task: 'Training',
      done: stepsDone,
      total: this.#steps,
      unit: 'steps',
      note: best === null ? where : `${where}, best ${best.score.toFixed(4)}`,
    })
  }
}

function firstPosition(identity: string): Position {
  return {
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
}

import type { Progress } from '../core/index.ts'
import type { Layer, Mode } from '../nn/index.ts'
import type { Value } from '../onnx/index.ts'
import type { Optimizer, Schedule } from '../optim/index.ts'
import type { NamedTensors, SessionOptions } from '../runtime/index.ts'

/** A stretch of training with one graph: one picture size, one loss. */
export interface Phase {
  readonly epochs: number
  readonly stepsPerEpoch: number
  /**
   * The training graph.
   * @returns `loss`, and anything else worth a column in the curve, all scalars
   */
  build(mode: Mode): { readonly loss: Value } & Readonly<Record<string, Value>>
  /**
   * What a step is fed with. It must depend on nothing but its arguments and the seed, so that a
   * resumed run sees what an uninterrupted one would have.
   * @param epoch counted from 0 over all phases
   */
  feeds(epoch: number, step: number): Promise<NamedTensors>
}

/** How good the network is on data that it does not learn from. */
export interface Validation {
  /** What decides which epoch is kept; higher is better. */
  readonly score: number
  readonly metrics: Readonly<Record<string, number>>
}

/** All that the loop needs to know about one training. */
export interface TrainingPlan {
  readonly network: Layer
  readonly phases: readonly Phase[]
  readonly optimizer: Optimizer
  readonly schedule: Schedule
  /** Judges the network as it is now. */
  validate(): Promise<Validation>
  /** Epochs between two validations; the last epoch is always validated. */
  readonly validateEvery: number
  /** Validations without a better score after which training stops early. */
  readonly patience: number
}

/** Where and under which conditions a plan is carried out. */
export interface TrainingSettings {
  /** The run folder. */
  readonly folder: string
  /** Identifies plan and seed: a checkpoint of another one is refused. */
  readonly identity: string
  readonly session?: SessionOptions
  readonly progress?: Progress
  readonly signal?: AbortSignal
}

/** One line of the learning curve: `epoch`, counted from 1, and a number a column. */
export type CurveRow = Readonly<Record<string, number>>

/** What came of a training. */
export interface TrainingResult {
  readonly curve: readonly CurveRow[]
  /** The epoch whose parameters the network now has. */
  readonly bestEpoch: number
  readonly best: Validation
  readonly stoppedEarly: boolean
  /** Time spent in this and earlier sittings. */
  readonly seconds: number
}

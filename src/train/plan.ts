import type { Progress } from '../core/index.ts'
import type { Mode } from '../nn/index.ts'
import type { Value } from '../onnx/index.ts'
import type { Optimizer, ParameterAverage, Schedule } from '../optim/index.ts'
import type { NamedTensors, SessionOptions } from '../runtime/index.ts'

/** A stretch of training with one graph: one picture size, one loss. */
export interface Phase {
  readonly epochs: number
  readonly stepsPerEpoch: number
  /**
   * What a step costs beside those of other phases, in any unit (pixels that pass the network): says how
   * long a phase will take before it begins. Default: as much as any other.
   */
  readonly work?: number
  /**
   * The training graph.
   * @returns `loss`, and anything else worth a column in the curve, all scalars
   */
  build(mode: Mode): { readonly loss: Value } & Readonly<Record<string, Value>>
  /**
   * What the graph is fed with. It must depend on nothing but its arguments and the seed, so that a
   * resumed run sees what an uninterrupted one would have.
   * @param epoch counted from 0 over all phases
   * @param batch counted from 0 in the epoch: one a step, or as many as are accumulated
   */
  feeds(epoch: number, batch: number): Promise<NamedTensors>
}

/** How good the network is on data that it does not learn from. */
export interface Validation {
  /** What decides which epoch is kept; higher is better. */
  readonly score: number
  readonly metrics: Readonly<Record<string, number>>
}

/** What some parameters get otherwise than others. */
export interface ParameterGroup {
  /** Matched against the path of a parameter in the network, `stages.0.conv.weight`. */
  readonly pattern: RegExp
  /** Factor of the learning rate, 1 by default; 0 freezes: no gradient, no state. */
  readonly rate?: number
  /** Whether weight decay applies; by default to what has more than one axis. */
  readonly decay?: boolean
}

/** How a step is made of a loss. */
export interface StepPlan {
  /** Whatever holds the parameters: a layer, or an object of several. */
  readonly network: object
  readonly optimizer: Optimizer
  /** The first group that matches a parameter and says so decides. */
  readonly groups?: readonly ParameterGroup[]
  /** A limit to the joint norm of all gradients (which becomes the column `gradientNorm`), or to each element. */
  readonly clip?: { readonly norm: number } | { readonly value: number }
  /** How many batches make one step, by the mean of their gradients; 1 by default. */
  readonly accumulate?: number
  /**
   * Averages of the parameters: what is validated and what the finished network has. A phase may read
   * them too (`withAverages`), and say by its mode's updates what those of running statistics become.
   */
  readonly average?: ParameterAverage
}

/** All that the loop needs to know about one training. */
export interface TrainingPlan extends StepPlan {
  readonly phases: readonly Phase[]
  readonly schedule: Schedule
  /** More numbers that change over the training: scalar inputs of the graph, and columns of the curve, by name. */
  readonly schedules?: Readonly<Record<string, Schedule>>
  /** Judges the network as it is now. */
  validate(): Promise<Validation>
  /** Looks at the curve after every epoch, which is saved by then; what it throws ends the training. */
  inspect?(curve: readonly CurveRow[]): void
  /** Epochs between two validations; the last epoch is always validated. */
  readonly validateEvery: number
  /** Validations of the last phase without a better score after which training stops early. */
  readonly patience: number
  /** What a validation costs, in the unit of the phases' work; default: nothing. */
  readonly validationWork?: number
}

/** How long a training will take from where it begins or goes on. */
export interface TrainingEstimate {
  /** If it does not stop early. */
  readonly seconds: number
  /** What is left of the phases. */
  readonly phases: readonly {
    readonly epochs: number
    readonly stepsPerEpoch: number
    readonly msPerStep: number
  }[]
  readonly validations: number
  readonly secondsPerValidation: number
}

/** Where and under which conditions a plan is carried out. */
export interface TrainingSettings {
  /** The run folder, made where it is not there. */
  readonly folder: string
  /** Identifies plan and seed: a checkpoint of another one is refused. */
  readonly identity: string
  readonly session?: SessionOptions
  readonly progress?: Progress
  /** Told once how long it will take, by the first steps of this sitting. */
  readonly estimated?: (estimate: TrainingEstimate) => void
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

import type { Preprocessing } from '../../data/index.ts'
import type { WeightedDifference } from '../../encoders/index.ts'
import type { Value } from '../../onnx/index.ts'
import type { Phase, TrainingPlan } from '../../train/index.ts'

/** One kind of verifier in training: what learns, from what, and how its vectors are compared. */
export interface Learner extends Pick<TrainingPlan, 'optimizer' | 'schedule' | 'groups'> {
  /** How it learns, in a few words for the card. */
  readonly method: string
  /** Holds every parameter that is trained. */
  readonly network: object
  readonly phases: readonly Phase[]
  /** Values of a vector. */
  readonly dimension: number
  readonly preprocessing: Preprocessing
  /** The vectors by which pictures are compared, as the weights are now. [N, 3, S, S] → [N, dimension]. */
  describe(pictures: Value): Value
  /** How two vectors are compared, as the weights are now; undefined: by their cosine. */
  comparison(): WeightedDifference | undefined
  /** The logarithm of the odds that a score means: scale · score + bias. */
  odds(): { readonly scale: number; readonly bias: number }
  /** What decides which epoch is kept. */
  readonly chosenBy: 'loss' | 'area under ROC'
}

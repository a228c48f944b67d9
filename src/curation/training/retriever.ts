import type { Phase, TrainingPlan } from '../../train/index.ts'
import type { Backbone } from './backbone.ts'

/** One kind of retriever in training: what learns, from what, and which vectors search compares. */
export interface Retriever {
  /** How it learns, in a few words for the card: `triplet loss`. */
  readonly method: string
  /** Holds every parameter that is trained. */
  readonly network: object
  readonly phases: readonly Phase[]
  /** Gives the vectors that search compares. */
  readonly backbone: Backbone
  /** What it follows from beside recipe, seed and pictures; recipe.json and the card hold it. */
  readonly facts: Readonly<Record<string, unknown>>
  /** What its plan has beside what all have. */
  readonly more?: Pick<TrainingPlan, 'average' | 'schedules' | 'clip' | 'inspect'>
}

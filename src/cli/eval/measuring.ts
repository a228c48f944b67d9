import type { Viewing } from '../../curation/index.ts'
import type { PictureEncoder } from '../../encoders/index.ts'

/** What is measured, and how. */
export interface Measuring {
  readonly encoder: PictureEncoder
  /** Of the encoders that search together. */
  readonly names: readonly string[]
  /** Theirs, of the sum 1. */
  readonly weights: readonly number[]
  readonly split: 'val' | 'test'
  readonly seed: number
  readonly tta: Viewing
  readonly baselines: boolean
  readonly searchWeights: boolean
  readonly gallery: 'iconic' | 'photos'
  readonly heatMap: string
}

/** The weights by the names of their encoders. */
export const byName = ({ names, weights }: Pick<Measuring, 'names' | 'weights'>) =>
  Object.fromEntries(names.map((name, e) => [name, weights[e]!]))

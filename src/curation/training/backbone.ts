import type { HubPreprocessing, Preprocessing } from '../../data/index.ts'
import type { ModelCard } from '../../encoders/index.ts'
import type { Layer, Mode } from '../../nn/index.ts'
import type { Value } from '../../onnx/index.ts'
import type { ParameterGroup } from '../../train/index.ts'

/** A network that turns pictures into vectors. */
export interface Backbone extends Layer {
  readonly dimension: number
  /** Rows of unit length. [N, 3, S, S] → [N, dimension]. */
  apply(pictures: Value, mode: Mode): Value
  /** How the pixels of what it learns from become numbers. */
  readonly normalisation: Normalisation
  /** How pictures are made ready for the finished encoder. */
  readonly preprocessing: Preprocessing | HubPreprocessing
  /** What it is and where its weights begin, in the words of a model card. */
  readonly description: string
  /** What it was before, where it comes from elsewhere. */
  readonly origin?: NonNullable<ModelCard['origin']>
  /** What some of its weights get otherwise than others. */
  readonly groups?: readonly ParameterGroup[]
}

/** y = (x / 255 − mean) / std, a number a channel. */
export type Normalisation = Pick<Preprocessing, 'mean' | 'std'>

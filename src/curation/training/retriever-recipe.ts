import type { AugmentOptions } from '../../data/index.ts'
import type { BackboneOptions } from './backbone-options.ts'

/** What every training of a retriever says, whatever its loss. */
export interface RetrieverRecipe {
  readonly name: string
  readonly network: BackboneOptions
  /**
   * Learn without the customers' photos, where a data set has them beside catalogue pictures; they are still
   * what the training is judged by.
   */
  readonly cataloguePicturesOnly?: boolean
  /** Stretches of training, each at its own picture size in pixels: small pictures first are cheap. */
  readonly phases: readonly { readonly epochs: number; readonly size: number }[]
  /** The fewest and the most steps in all: on a catalogue that would make others its epochs follow. */
  readonly totalSteps?: readonly [least: number, most: number]
  /** P and K of a batch. */
  readonly productsPerBatch: number
  readonly picturesPerProduct: number
  readonly augmentation: Omit<AugmentOptions, 'size'>
  readonly optimizer: {
    readonly peakLearningRate: number
    /** Share of training that warms up. */
    readonly warmUp: number
    readonly weightDecay: number
  }
  /** Side of the pictures that the finished encoder takes. */
  readonly servedSize: number
  readonly validateEvery: number
  readonly patience: number
}

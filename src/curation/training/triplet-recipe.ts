import type { AugmentOptions } from '../../data/index.ts'
import type { CompactConvNetOptions } from '../../nn/index.ts'

/** A training of the triplet retriever, in numbers. */
export interface TripletRecipe {
  readonly name: string
  readonly network: CompactConvNetOptions
  /** Stretches of training, each at its own picture size in pixels: small pictures first are cheap. */
  readonly phases: readonly { readonly epochs: number; readonly size: number }[]
  /** P and K of a batch. */
  readonly productsPerBatch: number
  readonly picturesPerProduct: number
  readonly loss: { readonly margin: number; readonly minerEpsilon: number }
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

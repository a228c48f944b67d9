import type { AugmentOptions } from '../../data/index.ts'
import type { SiameseNetOptions } from '../../nn/index.ts'
import type { CosineNetworkOptions } from './cosine-network.ts'

/** What a network sees of a photo. */
export interface PhotoView {
  /** Share of each side that is kept around the centre. */
  readonly middle: number
  /** Pixels a side that this is brought to. */
  readonly size: number
}

interface SharedRecipe {
  readonly name: string
  readonly view: PhotoView
  readonly pairsPerBatch: number
  readonly validateEvery: number
  readonly patience: number
}

/** A training of a siamese network as paper 004 does it, in numbers. */
export interface SiameseRecipe extends SharedRecipe {
  readonly kind: 'siamese'
  readonly network: Omit<SiameseNetOptions, 'size'>
  readonly epochs: number
  readonly optimizer: {
    readonly learningRate: number
    /** Epochs after which the rate becomes a tenth, again and again. */
    readonly tenthEvery: number
  } & (
    | {
        readonly name: 'adam'
        /** PyTorch's weight_decay. */
        readonly penalty: number
      }
    | { readonly name: 'sgd'; readonly momentum: number }
  )
}

/**
 * Which pictures of a batch are compared while a phase learns: the `given` pairs alone, all pairs of the
 * batch by the `named` people, or two `views` of a photo against all other photos, without any label.
 */
export type ComparedPictures = 'given' | 'named' | 'views'

/** A training of a network whose vectors are compared by their cosine, in numbers. */
export interface CosineRecipe extends SharedRecipe {
  readonly kind: 'cosine'
  readonly network: Omit<CosineNetworkOptions, 'size'>
  /** Whether the vector of a picture is the mean of its own and its mirror image's. */
  readonly mirrored: boolean
  readonly phases: readonly { readonly epochs: number; readonly compared: ComparedPictures }[]
  /** What variations are made of: wider than the view, so that they can be shifted. */
  readonly source: PhotoView
  readonly augmentation: Omit<AugmentOptions, 'size'>
  readonly optimizer: {
    readonly peakLearningRate: number
    /** Share of training that warms up. */
    readonly warmUp: number
    readonly weightDecay: number
  }
}

/** A training of a verifier, of whatever kind. */
export type VerifierRecipe = SiameseRecipe | CosineRecipe

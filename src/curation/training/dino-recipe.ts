import type { Range } from '../../data/index.ts'
import type { DinoHeadOptions } from '../../nn/index.ts'
import type { RetrieverRecipe } from './retriever-recipe.ts'

/**
 * A training of the self-distilled retriever, in numbers. Of the K pictures of a product two become
 * global crops, the others local ones; the phases give the side of the global crops.
 */
export interface DinoRecipe extends RetrieverRecipe {
  readonly kind: 'dino'
  readonly crops: {
    /** Fractions of a picture's area that a crop keeps; they replace that of the augmentation. */
    readonly globalArea: Range
    readonly localArea: Range
    /** Side of the local crops as a share of the global ones'; 1 for a network of one size. */
    readonly localSize: number
  }
  readonly head: Omit<DinoHeadOptions, 'inputs'>
  readonly studentTemperature: number
  readonly teacher: {
    /** How much of the teacher stays at each step: from here to 1 in half a cosine. */
    readonly momentum: number
    /** From start to end in the first share of training, then constant. */
    readonly temperature: {
      readonly start: number
      readonly end: number
      readonly warmUp: number
    }
    /** How much of the centre stays at each step; left out, nothing is taken off and collapse is near. */
    readonly centreMomentum?: number
  }
  /** Limit to the norm of the gradients. */
  readonly clipNorm: number
}

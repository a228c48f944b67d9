import type { RetrieverRecipe } from './retriever-recipe.ts'

/** A training of the triplet retriever, in numbers. */
export interface TripletRecipe extends RetrieverRecipe {
  readonly kind: 'triplet'
  readonly loss: {
    readonly margin: number
    /**
     * Which triplets of a batch count: those of the multi-similarity miner (default), those whose negative is
     * farther than their positive by less than the margin, or all, which is what triplets drawn at random give on
     * average.
     */
    readonly mining?: 'multi-similarity' | 'semi-hard' | 'all'
    readonly minerEpsilon: number
  }
}

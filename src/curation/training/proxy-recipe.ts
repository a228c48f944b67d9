import type { RetrieverRecipe } from './retriever-recipe.ts'

/** A training by classification, in numbers: every product has a vector of its own, its proxy. */
export interface ProxyRecipe extends RetrieverRecipe {
  readonly kind: 'proxy'
  readonly loss: {
    /** What cosines are multiplied with before the softmax: 16 to 32 is usual. */
    readonly scale: number
    /** Share of the certainty that is spread over all products, in [0, 1). */
    readonly smoothing: number
  }
}

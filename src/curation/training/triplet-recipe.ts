import type { RetrieverRecipe } from './retriever-recipe.ts'

/** A training of the triplet retriever, in numbers. */
export interface TripletRecipe extends RetrieverRecipe {
  readonly kind: 'triplet'
  readonly loss: { readonly margin: number; readonly minerEpsilon: number }
}

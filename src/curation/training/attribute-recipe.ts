import type { AttributeSource } from './product-attributes.ts'
import type { RetrieverRecipe } from './retriever-recipe.ts'

/** A training of the attributes retriever, in numbers. */
export interface AttributeRecipe extends RetrieverRecipe {
  readonly kind: 'attributes'
  /** What the heads learn; default: the title and every attribute of the catalogue. */
  readonly attributes?: readonly AttributeSource[]
  /** Which text encoder says where a value lies: `words`, or a model with a text tower as `--model` names it. */
  readonly text: string
  /** Values of each hidden layer of a head. */
  readonly hidden: readonly number[]
}

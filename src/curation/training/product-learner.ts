import type { Rng } from '../../core/index.ts'
import type { NetworkSource } from '../../encoders/index.ts'
import { openBackbone } from './open-backbone.ts'
import { productBatches } from './product-batches.ts'
import { productPhases } from './product-phases.ts'
import type { RetrievalSet } from './retrieval-set.ts'
import type { RetrieverRecipe } from './retriever-recipe.ts'

/** What the retriever of a recipe is made of. */
export interface ProductLearnerOptions<Recipe extends RetrieverRecipe = RetrieverRecipe> {
  readonly recipe: Recipe
  readonly seed: number
  readonly set: RetrievalSet
  /** The network that a recipe names, as findNetwork found it; one with random weights needs none. */
  readonly source?: NetworkSource
}

/**
 * Opens the backbone for batches of products.
 * @returns it, and what makes the phases of a loss on it
 * @throws InvalidInput when there is one product only
 */
export async function productLearner(
  { recipe, seed, set: { train }, source }: ProductLearnerOptions,
  rng: Rng,
) {
  const batches = productBatches({ recipe, seed, train })
  const backbone = await openBackbone({
    recipe,
    rng,
    batches: recipe.phases.map(({ size }) => ({ batch: batches.batch, size })),
    source,
  })
  const { normalisation } = backbone
  return {
    backbone,
    phases: (build: Parameters<typeof productPhases>[0]['build']) =>
      productPhases({ recipe, seed, train, batches, normalisation, build }),
  }
}

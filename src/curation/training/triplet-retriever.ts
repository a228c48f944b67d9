import { rngFromSeed } from '../../core/index.ts'
import { type ProductLearnerOptions, productLearner } from './product-learner.ts'
import type { Retriever } from './retriever.ts'
import { tripletGraph } from './triplet-graph.ts'
import type { TripletRecipe } from './triplet-recipe.ts'

/**
 * A retriever that learns by the triplet loss.
 * @throws InvalidInput when there is one product only
 * @see Ahemad et al. 2024, section 2.2
 */
export async function tripletRetriever(
  options: ProductLearnerOptions<TripletRecipe>,
): Promise<Retriever> {
  const { recipe, seed } = options
  const { backbone, phases } = await productLearner(options, rngFromSeed(seed).fork('weights'))
  return {
    method: 'triplet loss',
    network: backbone,
    phases: phases((sizes) => tripletGraph(backbone, { loss: recipe.loss, ...sizes })),
    backbone,
    facts: {},
  }
}

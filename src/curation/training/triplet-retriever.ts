import { rngFromSeed } from '../../core/index.ts'
import { makeBackbone } from './backbone.ts'
import { productPhases } from './product-phases.ts'
import type { RetrievalSet } from './retrieval-set.ts'
import type { Retriever } from './retriever.ts'
import { tripletGraph } from './triplet-graph.ts'
import type { TripletRecipe } from './triplet-recipe.ts'

/**
 * A retriever that learns by the triplet loss.
 * @throws InvalidInput when there is one product only
 * @see Ahemad et al. 2024, section 2.2
 */
export function tripletRetriever(options: {
  readonly recipe: TripletRecipe
  readonly seed: number
  readonly set: RetrievalSet
}): Retriever {
  const { recipe, seed, set } = options
  const backbone = makeBackbone(recipe.network, rngFromSeed(seed).fork('weights'))
  return {
    method: 'triplet loss',
    network: backbone,
    phases: productPhases({
      recipe,
      seed,
      train: set.train,
      build: (sizes) => tripletGraph(backbone, { loss: recipe.loss, ...sizes }),
    }),
    encode: (pictures) => backbone.apply(pictures, { kind: 'inference' }),
    dimension: backbone.dimension,
    facts: {},
  }
}

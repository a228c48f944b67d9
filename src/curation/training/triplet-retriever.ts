import { rngFromSeed } from '../../core/index.ts'
import type { NetworkSource } from '../../encoders/index.ts'
import { openBackbone } from './open-backbone.ts'
import { productBatches } from './product-batches.ts'
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
export async function tripletRetriever(options: {
  readonly recipe: TripletRecipe
  readonly seed: number
  readonly set: RetrievalSet
  readonly source?: NetworkSource
}): Promise<Retriever> {
  const { recipe, seed, set, source } = options
  const { train } = set
  const batches = productBatches({ recipe, seed, train })
  const backbone = await openBackbone({
    recipe,
    rng: rngFromSeed(seed).fork('weights'),
    batches: recipe.phases.map(({ size }) => ({ batch: batches.batch, size })),
    source,
  })
  return {
    method: 'triplet loss',
    network: backbone,
    phases: productPhases({
      recipe,
      seed,
      train,
      batches,
      normalisation: backbone.normalisation,
      build: (sizes) => tripletGraph(backbone, { loss: recipe.loss, ...sizes }),
    }),
    backbone,
    facts: {},
  }
}

import { rngFromSeed } from '../../core/index.ts'
import type { NetworkSource } from '../../encoders/index.ts'
import { truncatedNormal, WeightNormLinear } from '../../nn/index.ts'
import { openBackbone } from './open-backbone.ts'
import { productBatches } from './product-batches.ts'
import { productPhases } from './product-phases.ts'
import { proxyGraph } from './proxy-graph.ts'
import type { ProxyRecipe } from './proxy-recipe.ts'
import { productNames, type RetrievalSet } from './retrieval-set.ts'
import type { Retriever } from './retriever.ts'

/**
 * A retriever that learns to tell all products apart at once, each by its proxy. The proxies only
 * teach; search compares the backbone's vectors.
 * @throws InvalidInput when there is one product only
 */
export async function proxyRetriever(options: {
  readonly recipe: ProxyRecipe
  readonly seed: number
  readonly set: RetrievalSet
  readonly source?: NetworkSource
}): Promise<Retriever> {
  const { recipe, seed, set, source } = options
  const { train } = set
  const rng = rngFromSeed(seed)
  const batches = productBatches({ recipe, seed, train })
  const backbone = await openBackbone({
    recipe,
    rng: rng.fork('weights'),
    batches: recipe.phases.map(({ size }) => ({ batch: batches.batch, size })),
    source,
  })
  const proxies = new WeightNormLinear(
    {
      inputs: backbone.dimension,
      outputs: productNames(train).length,
      initialize: truncatedNormal(1), // their length says how fast they turn
    },
    rng.fork('proxies'),
  )
  const network = { backbone, proxies }
  return {
    method: 'softmax over cosines to a proxy of every product',
    network,
    phases: productPhases({
      recipe,
      seed,
      train,
      batches,
      normalisation: backbone.normalisation,
      build: (size) => proxyGraph(network, { loss: recipe.loss, ...size }),
    }),
    backbone,
    facts: {},
  }
}

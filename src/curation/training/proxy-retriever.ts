import { rngFromSeed } from '../../core/index.ts'
import { truncatedNormal, WeightNormLinear } from '../../nn/index.ts'
import { type ProductLearnerOptions, productLearner } from './product-learner.ts'
import { proxyGraph } from './proxy-graph.ts'
import type { ProxyRecipe } from './proxy-recipe.ts'
import { productNames } from './retrieval-set.ts'
import type { Retriever } from './retriever.ts'

/**
 * A retriever that learns to tell all products apart at once, each by its proxy. The proxies only
 * teach; search compares the backbone's vectors.
 * @throws InvalidInput when there is one product only
 */
export async function proxyRetriever(
  options: ProductLearnerOptions<ProxyRecipe>,
): Promise<Retriever> {
  const { recipe, seed, set } = options
  const rng = rngFromSeed(seed)
  const { backbone, phases } = await productLearner(options, rng.fork('weights'))
  const proxies = new WeightNormLinear(
    {
      inputs: backbone.dimension,
      outputs: productNames(set.train).length,
      initialize: truncatedNormal(1), // their length says how fast they turn
    },
    rng.fork('proxies'),
  )
  const network = { backbone, proxies }
  return {
    method: 'softmax over cosines to a proxy of every product',
    network,
    phases: phases((sizes) => proxyGraph(network, { loss: recipe.loss, ...sizes })),
    backbone,
    facts: {},
  }
}

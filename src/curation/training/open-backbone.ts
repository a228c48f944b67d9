import { invalidInput, type Rng } from '../../core/index.ts'
import type { NetworkSource, PictureBatch } from '../../encoders/index.ts'
import type { Backbone } from './backbone.ts'
import { importBackbone } from './imported-backbone.ts'
import { randomBackbone } from './random-backbone.ts'
import type { RetrieverRecipe } from './retriever-recipe.ts'

/** What {@link openBackbone} takes. */
export interface OpenBackbone {
  readonly recipe: RetrieverRecipe
  readonly rng: Rng
  /** What it is trained on, beside the one picture that is served. */
  readonly batches: readonly PictureBatch[]
  /** A network with random weights needs none. */
  /** What an imported network is made of, as the recipe names it. */
  readonly source?: NetworkSource | undefined
}

/**
 * The network of a recipe before training.
 * @throws InvalidInput when it does not go with the recipe's picture sizes; what finding and reading
 *   one from elsewhere throws
 */
export async function openBackbone(options: OpenBackbone): Promise<Backbone> {
  const { recipe, rng, source } = options
  const { network, servedSize: size } = recipe
  if (network.kind !== 'imported') return randomBackbone({ network, size, rng })
  if (source === undefined)
    throw invalidInput(
      `${recipe.name}: its network comes from elsewhere; find it with findNetwork and give it as source`,
    )
  return importBackbone({
    network,
    source,
    rng,
    size,
    batches: [...options.batches, { batch: 1, size }],
  })
}

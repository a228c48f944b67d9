import { createHash } from 'node:crypto'
import { invalidInput, rngFromSeed } from '../../core/index.ts'
import type { TextEncoder } from '../../encoders/index.ts'
import { AttributeNet } from '../../nn/index.ts'
import { attributeGraph } from './attribute-graph.ts'
import type { AttributeRecipe } from './attribute-recipe.ts'
import { type AttributeTargets, attributeTargets } from './attribute-targets.ts'
import { attributeValues } from './product-attributes.ts'
import { type ProductLearnerOptions, productLearner } from './product-learner.ts'
import { productNames } from './retrieval-set.ts'
import type { Retriever } from './retriever.ts'

/**
 * A retriever that learns what is said of products; search compares its backbone's vectors.
 * @throws InvalidInput when no attribute tells products apart
 * @see Ahemad et al. 2024, section 2.1
 */
export async function attributeRetriever(
  options: ProductLearnerOptions<AttributeRecipe> & { readonly text: TextEncoder },
): Promise<Retriever> {
  const { recipe, seed, set, text } = options
  const values = attributeValues(set.attributes, productNames(set.train), recipe.attributes)
  const targets = await attributeTargets(values, text)
  const names = targets.learned.map(({ name }) => name)
  if (names.length === 0)
    throw invalidInput(
      `${recipe.name}: nothing said of the products tells two of them apart in words that "${text.name}" knows; add titles or attributes to the catalogue`,
    )
  const rng = rngFromSeed(seed).fork('weights')
  const { backbone, phases } = await productLearner(options, rng)
  const { dimension } = backbone
  const network = new AttributeNet(
    {
      backbone,
      dimension,
      attributes: names.length,
      hidden: recipe.hidden,
      outputs: text.dimension,
    },
    rng,
  )
  return {
    method: `cosine loss of ${names.length} attributes (${names.join(', ')}) to ${text.name} vectors`,
    network,
    phases: phases((sizes) => attributeGraph(network, { ...targets, ...sizes })),
    backbone,
    facts: {
      textEncoder: text.name,
      targets: hashOf(targets),
      learned: targets.learned,
    },
  }
}

function hashOf({ target, present }: AttributeTargets): string {
  const hash = createHash('sha256')
  for (const { data } of [target, present])
    hash.update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength))
  return hash.digest('hex')
}

import { invalidInput } from '../../core/index.ts'
import type { TextEncoder } from '../../encoders/index.ts'
import type { AttributeRecipe } from './attribute-recipe.ts'
import { attributeRetriever } from './attribute-retriever.ts'
import type { DinoRecipe } from './dino-recipe.ts'
import { dinoRetriever } from './dino-retriever.ts'
import type { ProductLearnerOptions } from './product-learner.ts'
import type { ProxyRecipe } from './proxy-recipe.ts'
import { proxyRetriever } from './proxy-retriever.ts'
import type { Retriever } from './retriever.ts'
import type { TripletRecipe } from './triplet-recipe.ts'
import { tripletRetriever } from './triplet-retriever.ts'

/** A training of a retriever, of whatever kind. */
export type CurationRecipe = TripletRecipe | ProxyRecipe | AttributeRecipe | DinoRecipe

/** What {@link openRetriever} takes. */
export interface OpenRetriever extends ProductLearnerOptions<CurationRecipe> {
  /** Opens the text encoder that a recipe names; a recipe without attributes needs none. */
  readonly openText?: (name: string) => Promise<TextEncoder>
}

/**
 * The retriever of a recipe before training.
 * @throws InvalidInput when the data do not fit the recipe, or its text encoder cannot be opened
 */
export async function openRetriever(options: OpenRetriever): Promise<Retriever> {
  const { recipe, openText, ...others } = options
  if (recipe.kind === 'triplet') return tripletRetriever({ recipe, ...others })
  if (recipe.kind === 'proxy') return proxyRetriever({ recipe, ...others })
  if (recipe.kind === 'dino') return dinoRetriever({ recipe, ...others })
  if (openText === undefined)
    throw invalidInput(
      `${recipe.name}: attributes are learned in the space of a text encoder; say with openText how to open "${recipe.text}"`,
    )
  const text = await openText(recipe.text)
  try {
    return await attributeRetriever({ recipe, ...others, text })
  } finally {
    await text.close()
  }
}

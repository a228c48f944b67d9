import { invalidInput, notFound, whichName } from '../../core/index.ts'
import { type CurationRecipe, curationRecipes } from '../../curation/index.ts'
import { findFashionSet, findGroceryStore } from '../../data/index.ts'
import type { FileSettings } from '../../encoders/index.ts'
import { withEpochs } from '../../train/index.ts'
import { verificationRecipes } from '../../verification/index.ts'
import { isRecipePath, readRecipeFile } from './read-recipe-file.ts'

/** What the command line says of a recipe. */
export interface RecipeChoice {
  /** Name of a recipe that is part of Vitrine, or path of a recipe file. */
  readonly name: string
  readonly cwd: string
  readonly epochs?: number | undefined
  /** Encoder of attributes instead of the recipe's. */
  readonly text?: string | undefined
  /** Network from elsewhere instead of the recipe's. */
  readonly model?: string | undefined
  /** What the network's files do not say. */
  readonly settings: FileSettings
}

/**
 * The recipe that the command line asks for.
 * @throws NotFound when there is none of that name; InvalidInput when an option does not go with it
 */
export async function chooseRecipe(choice: RecipeChoice): Promise<CurationRecipe> {
  const { name, cwd, epochs, text } = choice
  const found = isRecipePath(name) ? await readRecipeFile(name, cwd) : knownRecipe(name)
  const { totalSteps, ...exact } = found
  const recipe =
    epochs === undefined ? found : { ...exact, phases: withEpochs(found.phases, epochs) }
  const network = networkOf(recipe, choice)
  if (recipe.kind === 'attributes') return { ...recipe, network, text: text ?? recipe.text }
  if (text !== undefined)
    throw invalidInput(`train: --text is for recipes that learn attributes, ${name} does not`)
  return { ...recipe, network }
}

/**
 * The recipe for a training that names none: the one that was made for the data set at a path, or for
 * any catalogue.
 * @param path undefined for shops that are made by code
 */
export async function usualRecipe(path: string | undefined): Promise<keyof typeof curationRecipes> {
  if (path === undefined) return 'curation/sample-shop-triplet'
  if ((await findGroceryStore(path)) !== undefined) return 'curation/grocery-triplet'
  if ((await findFashionSet(path)) !== undefined) return 'curation/fashion-attributes'
  return 'curation/own-catalogue'
}

function knownRecipe(name: string): CurationRecipe {
  const recipes: Readonly<Record<string, CurationRecipe>> = curationRecipes
  if (Object.hasOwn(recipes, name)) return recipes[name]!
  const names = [...Object.keys(recipes), ...Object.keys(verificationRecipes)]
  const all = `the recipes are ${names.join(', ')}, or name a recipe file: ./mine.ts`
  throw notFound(`train: there is no recipe "${name}"; ${whichName(name, names, all)}`)
}

function networkOf({ network }: CurationRecipe, choice: RecipeChoice): CurationRecipe['network'] {
  const { name, model = network.kind === 'imported' ? network.model : undefined } = choice
  const given = Object.entries(choice.settings).filter(([, value]) => value !== undefined)
  if (network.kind !== 'imported') {
    if (model === undefined && given.length === 0) return network
    throw invalidInput(
      `train: ${name} starts from random weights, so it takes no --model and nothing that describes one; take curation/grocery-mobilenet, or a recipe file with network: { kind: 'imported' }`,
    )
  }
  if (model === undefined)
    throw invalidInput(
      `train: ${name} fine-tunes a network from elsewhere; name it with --model: file:path/model.onnx, hf:owner/name, npm:package@version/path, a model folder or a shipped model`,
    )
  const settings = { ...network.settings, ...Object.fromEntries(given) }
  return { ...network, model, ...(Object.keys(settings).length === 0 ? {} : { settings }) }
}

import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { invalidInput, messageOf, notFound, whichName } from '../../core/index.ts'
import { type CurationRecipe, curationRecipes, recipeSchema } from '../../curation/index.ts'

/** Whether a user who named a recipe so means a file. */
export const isRecipePath = (name: string): boolean => /\.[cm]?[jt]s$|^\.{0,2}[\\/]/.test(name)

/**
 * Runs a recipe file and takes what it exports: `export default`, or its only export. A recipe may
 * name another one to start from: `{ extends: 'curation/grocery-triplet', name: 'mine', ... }`.
 *
 * A recipe file is code: it is run with the rights of whoever starts the training.
 * @throws NotFound when there is no file; InvalidInput when it cannot be run or exports no recipe
 */
export async function readRecipeFile(name: string, cwd: string): Promise<CurationRecipe> {
  const path = resolve(cwd, name)
  const found = await stat(path).catch(() => undefined)
  if (found?.isFile() !== true)
    throw notFound(`${path}: there is no recipe file here; check the path`)
  const exported = await import(/* @vite-ignore */ pathToFileURL(path).href).catch(
    (cause: unknown) => {
      throw invalidInput(`${path}: cannot be run (${messageOf(cause)})${remedyFor(cause)}`, {
        cause,
      })
    },
  )
  const parsed = recipeSchema.safeParse(extended(path, theRecipe(path, exported)))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  throw invalidInput(
    `${path}: ${issue?.path.join('.') || 'recipe'}: ${issue?.message ?? 'wrong'}; docs/guides/own-catalogue.md shows a recipe`,
  )
}

function remedyFor(cause: unknown): string {
  const { code } = cause as { code?: string }
  return code === 'ERR_UNKNOWN_FILE_EXTENSION'
    ? `; Node ${process.versions.node} reads no TypeScript: take Node 24, or write it as JavaScript in a file that ends in .mjs`
    : '; correct it'
}

function theRecipe(path: string, exported: Readonly<Record<string, unknown>>): object {
  const names = Object.keys(exported)
  const chosen = exported.default ?? (names.length === 1 ? exported[names[0]!] : undefined)
  if (typeof chosen === 'object' && chosen !== null) return chosen
  throw invalidInput(
    `${path}: exports ${names.length === 0 ? 'nothing' : names.join(', ')}, wanted one recipe; write export default { extends: 'curation/grocery-triplet', name: 'mine' }`,
  )
}

/** The recipe with what it leaves out taken from the one that it extends. */
function extended(path: string, { extends: base, ...own }: { readonly extends?: unknown }): object {
  if (base === undefined) return own
  const recipes: Readonly<Record<string, CurationRecipe>> = curationRecipes
  if (typeof base === 'string' && Object.hasOwn(recipes, base)) return { ...recipes[base], ...own }
  const names = Object.keys(recipes)
  const all = `the recipes are ${names.join(', ')}`
  throw notFound(
    `${path}: extends "${String(base)}", which is no recipe; ${whichName(String(base), names, all)}`,
  )
}

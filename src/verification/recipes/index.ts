import type { VerifierRecipe } from '../training/verifier-recipe.ts'
import { faceRecipes } from './faces.ts'
import { paperExperiments, paperGrid } from './paper.ts'

/** The recipes of the verification job, by the name that `vitrine train` takes. */
export const verificationRecipes: Readonly<Record<string, VerifierRecipe>> = Object.fromEntries(
  [...paperExperiments, ...paperGrid, ...faceRecipes].map((recipe) => [
    `verification/${recipe.name}`,
    recipe,
  ]),
)

/** Recipes that belong together, by the name that `vitrine sweep` takes. */
export const verificationSweeps: Readonly<Record<string, readonly VerifierRecipe[]>> = {
  'verification/grid': paperGrid,
  'verification/paper': paperExperiments,
}

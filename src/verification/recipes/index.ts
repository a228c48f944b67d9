import type { VerifierRecipe } from '../training/verifier-recipe.ts'
import { faceChoices } from './face-choices.ts'
import { faceRecipes } from './faces.ts'
import { paperExperiments, paperGrid } from './paper.ts'

/** The recipes of the verification job, by the name that `vitrine train` takes. */
export const verificationRecipes: Readonly<Record<string, VerifierRecipe>> = Object.fromEntries(
  [...paperExperiments, ...paperGrid, ...faceRecipes, ...faceChoices].map((recipe) => [
    `verification/${recipe.name}`,
    recipe,
  ]),
)

/** Recipes that belong together, by the name that `vitrine sweep` takes. */
export const verificationSweeps: Readonly<Record<string, readonly VerifierRecipe[]>> = {
  'verification/face-choices': faceChoices,
  'verification/grid': paperGrid,
  'verification/paper': paperExperiments,
}

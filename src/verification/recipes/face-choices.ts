import type { CosineRecipe } from '../training/verifier-recipe.ts'
import { facesCosine } from './faces.ts'

const { augmentation, view } = facesCosine

/** A short training, against which each of the others has one thing changed. */
const short: CosineRecipe = {
  ...facesCosine,
  name: 'faces-short',
  phases: [{ epochs: 16, compared: 'given' }],
}

const changed = (name: string, change: Partial<CosineRecipe>): CosineRecipe => ({
  ...short,
  ...change,
  name: `faces-short-${name}`,
})

/** Short trainings that say what each part of the recipe gives. */
export const faceChoices: readonly CosineRecipe[] = [
  short,
  changed('whole-photo', {
    view: { middle: 1, size: 64 },
    source: { middle: 1, size: 72 },
    augmentation: { ...augmentation, area: [0.7, 1] }, // what is seen then is as large as the view
  }),
  changed('unvaried', {
    source: view,
    augmentation: {
      ...augmentation,
      area: [1, 1],
      aspect: [1, 1],
      rotationDegrees: [0, 0],
      flip: 0,
      light: { ...augmentation.light, probability: 0 },
      blur: { ...augmentation.blur, probability: 0 },
    },
  }),
  changed('same-light', {
    augmentation: { ...augmentation, light: { ...augmentation.light, probability: 0 } },
  }),
  changed('unmirrored', { mirrored: false }),
  changed('half-as-wide', { network: { ...facesCosine.network, widths: [8, 16, 32, 64] } }),
  changed('pooled', { network: { ...facesCosine.network, places: false } }),
  changed('views-first', {
    phases: [
      { epochs: 4, compared: 'views' },
      { epochs: 12, compared: 'given' },
    ],
  }),
  changed('named', { phases: [{ epochs: 16, compared: 'named' }] }),
]

import { withEpochs } from '../../train/index.ts'
import type { CurationRecipe } from './open-retriever.ts'
import type { RetrievalFiles } from './retrieval-set.ts'

/**
 * A recipe with as many epochs as its `totalSteps` ask for on a catalogue: an epoch of few pictures is
 * a few steps, one of many is thousands. Validations stay as far apart in proportion.
 */
export function fitEpochs(
  recipe: CurationRecipe,
  { train }: Pick<RetrievalFiles, 'train'>,
): CurationRecipe {
  const { totalSteps, phases, productsPerBatch, picturesPerProduct, validateEvery } = recipe
  if (totalSteps === undefined) return recipe
  const products = new Set(train.map(({ product }) => product)).size
  const stepsPerEpoch = Math.ceil(
    train.length / (Math.min(productsPerBatch, products) * picturesPerProduct),
  )
  const epochs = phases.reduce((sum, phase) => sum + phase.epochs, 0)
  const [least, most] = totalSteps
  const steps = Math.min(most, Math.max(least, epochs * stepsPerEpoch))
  const fitting = Math.max(1, Math.round(steps / stepsPerEpoch))
  return {
    ...recipe,
    phases: withEpochs(phases, fitting),
    validateEvery: Math.max(1, Math.round((validateEvery * fitting) / epochs)),
  }
}

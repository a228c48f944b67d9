import type { TripletRecipe } from '../training/triplet-recipe.ts'
import { groceryTriplet } from './grocery-triplet.ts'

/**
 * For a catalogue of one's own: the shipped encoder learns its products too. It knows already what tells
 * products apart, so a few hundred steps do, and few pictures.
 */
export const ownCatalogue: TripletRecipe = {
  ...groceryTriplet,
  name: 'own-catalogue',
  network: { kind: 'imported', model: 'grocery-triplet' },
  phases: [
    { epochs: 60, size: 64 },
    { epochs: 40, size: 96 },
  ],
  totalSteps: [300, 6000],
  optimizer: { peakLearningRate: 1e-3, warmUp: 0.1, weightDecay: 0.02 },
}

import { type Rng, rngFromSeed } from '../../src/core/index.ts'

/** Draws nothing by chance and costs next to nothing, for networks that are only counted. For tests only. */
export const stillRng: Rng = {
  ...rngFromSeed(0),
  next: () => 0.5,
  between: (low) => low,
  normal: () => 0,
}

import type { Preprocessing } from '../../data/index.ts'

/** How the retrievers that we train see a picture: RGB in [-1, 1], all of it squeezed into a square. */
export function preprocessingOf(size: number): Preprocessing {
  return { size, fit: 'stretch', mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] }
}

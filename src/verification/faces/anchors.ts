import type { Point } from '../../data/index.ts'

/** One grid of the detector: its cells and how many guesses each makes. */
const grids = [
  { cells: 16, guesses: 2 },
  { cells: 8, guesses: 6 },
] as const

/**
 * Where the guesses of BlazeFace start from: the centres of a grid of 16 × 16 cells, two guesses each, then of
 * one of 8 × 8, six each, row by row. 896 of them.
 * @param size side of the network's input in pixels
 * @see Bazarevsky et al. 2019, BlazeFace
 */
export function blazeFaceAnchors(size: number): Point[] {
  return grids.flatMap(({ cells, guesses }) =>
    Array.from({ length: cells * cells * guesses }, (_, i) => {
      const cell = Math.floor(i / guesses)
      const stride = size / cells
      return { x: (0.5 + (cell % cells)) * stride, y: (0.5 + Math.floor(cell / cells)) * stride }
    }),
  )
}

import fc from 'fast-check'
import { expect } from 'vitest'
import { rngFromSeed } from '../../src/core/index.ts'
import type { Hit, IndexedPicture } from '../../src/search/index.ts'

/** A small index of several encoders. */
export interface World {
  readonly seed: number
  readonly dimensions: readonly number[]
  readonly count: number
  readonly products: number
}

export const world = fc.record({
  seed: fc.nat(),
  dimensions: fc.array(fc.integer({ min: 1, max: 12 }), { minLength: 1, maxLength: 4 }),
  count: fc.integer({ min: 1, max: 60 }),
  products: fc.integer({ min: 1, max: 20 }),
})
/** Weights of up to four encoders, the first above 0. */
export const weightList = fc
  .array(fc.integer({ min: 0, max: 20 }), { minLength: 4, maxLength: 4 })
  .filter(([first]) => first! > 0)

export const encodersOf = ({ dimensions }: Pick<World, 'dimensions'>) =>
  dimensions.map((dimension, e) => ({ name: `e${e}`, dimension, hash: `h${e}` }))
/** A list of weights by the names of {@link encodersOf}. */
export const named = (weights: readonly number[], { dimensions }: World) =>
  Object.fromEntries(dimensions.map((_, e) => [`e${e}`, weights[e]!]))

/** Random vectors, the encoders' side by side. */
export function vectorsOf(
  seed: number,
  count: number,
  dimensions: readonly number[],
): Float32Array[] {
  const rng = rngFromSeed(seed)
  const width = dimensions.reduce((a, b) => a + b, 0)
  return Array.from({ length: count }, () =>
    Float32Array.from({ length: width }, () => rng.normal()),
  )
}

/** The pictures of a world, dealt out to its products in turn. */
export function picturesOf({ seed, count, dimensions, products }: World): IndexedPicture[] {
  return vectorsOf(seed, count, dimensions).map((vector, row) => ({
    product: `p${row % products}`,
    picture: `${row}`,
    vector,
  }))
}

/** Σ λ_e cos_e in float64, λ as given. */
export function scoreOf(
  query: Float32Array,
  row: Float32Array,
  lambda: readonly number[],
  dimensions: readonly number[],
): number {
  let [score, start] = [0, 0]
  for (const [e, width] of dimensions.entries()) {
    let [ab, aa, bb] = [0, 0, 0]
    for (let i = start; i < start + width; i++) {
      ab += query[i]! * row[i]!
      aa += query[i]! ** 2
      bb += row[i]! ** 2
    }
    score += (lambda[e]! * ab) / Math.sqrt(aa * bb)
    start += width
  }
  return score
}

/** Hits are right when no better row was left out and every score is that of its row. */
export function expectNearest(
  hits: readonly Hit[],
  scores: ReadonlyMap<number, number>,
  top: number,
) {
  const ranked = [...scores.values()].sort((a, b) => b - a).slice(0, top)
  expect(hits).toHaveLength(ranked.length)
  for (const [rank, { score, row }] of hits.entries()) {
    expect(Math.abs(score - ranked[rank]!)).toBeLessThan(1e-5)
    expect(Math.abs(score - scores.get(row)!)).toBeLessThan(1e-5)
  }
}

import type { FacePair, LoadedPairs, Picture } from '../../data/index.ts'
import type { PairScores } from '../../metrics/index.ts'
import type { Verifier } from './verifier.ts'

/** A pair with its score. */
export interface ScoredPair extends FacePair {
  readonly score: number
}

const atOnce = 64

/** Scores every pair; each photo is described once. */
export async function scorePairs(
  verifier: Pick<Verifier, 'describe' | 'compare'>,
  { pairs, photos }: Pick<LoadedPairs<Picture>, 'pairs' | 'photos'>,
  options: { readonly signal?: AbortSignal } = {},
): Promise<ScoredPair[]> {
  const paths = [...photos.keys()]
  const vectors = new Map<string, Float32Array>()
  for (let start = 0; start < paths.length; start += atOnce) {
    const some = paths.slice(start, start + atOnce)
    const described = await verifier.describe(
      some.map((path) => photos.get(path)!),
      options,
    )
    some.forEach((path, i) => void vectors.set(path, described[i]!))
  }
  return pairs.map((pair) => {
    const [a, b] = pair.paths.map((path) => vectors.get(path)!) as [Float32Array, Float32Array]
    return { ...pair, score: verifier.compare(a, b) }
  })
}

/** The scores by what their pairs show. */
export function byKind(scored: readonly ScoredPair[]): PairScores {
  const of = (same: boolean) => scored.flatMap((pair) => (pair.same === same ? [pair.score] : []))
  return { same: of(true), different: of(false) }
}

import { rngFromSeed } from '../../core/index.ts'
import type { FacePair } from './parse-pairs.ts'

/** Pairs to learn from and pairs to choose by. */
export interface PairSplit {
  readonly train: readonly FacePair[]
  readonly validation: readonly FacePair[]
}

/**
 * Splits pairs by chance that follows from a seed; both parts keep the share of pairs of one person.
 * 2200 pairs become 1760 and 440.
 * @param validationShare of the pairs, default a fifth
 */
export function splitPairs(
  pairs: readonly FacePair[],
  { seed, validationShare = 0.2 }: { readonly seed: number; readonly validationShare?: number },
): PairSplit {
  const rng = rngFromSeed(seed)
  const kinds = [true, false].map((same) => rng.shuffle(pairs.filter((pair) => pair.same === same)))
  const cut = (kind: readonly FacePair[]) => Math.round(kind.length * validationShare)
  return {
    train: kinds.flatMap((kind) => kind.slice(cut(kind))),
    validation: kinds.flatMap((kind) => kind.slice(0, cut(kind))),
  }
}

import { invalidInput } from '../core/index.ts'

/** How alike the two of a pair were found, and whether they are the same. */
export interface ScoredPair {
  readonly score: number
  readonly same: boolean
}

/**
 * The threshold that tells most pairs right, "same" from it on; halfway between two scores, and of
 * equally good ones the lowest.
 * @throws InvalidInput when there are no pairs, or a score is no number
 */
export function bestThreshold(pairs: readonly ScoredPair[]): number {
  const sorted = pairs.toSorted((a, b) => a.score - b.score)
  if (sorted.length === 0 || sorted.some(({ score }) => !Number.isFinite(score)))
    throw invalidInput('bestThreshold: wanted at least one pair, and scores that are numbers')
  let right = sorted.filter(({ same }) => same).length
  let best = { right, threshold: sorted[0]!.score }
  sorted.forEach(({ score, same }, i) => {
    right += same ? -1 : 1
    const next = sorted[i + 1]?.score
    if (next === score || right <= best.right) return
    best = { right, threshold: next === undefined ? Infinity : (score + next) / 2 }
  })
  return best.threshold
}

/** The share of pairs that a threshold tells right, "same" from it on. */
export function pairAccuracy(pairs: readonly ScoredPair[], threshold: number): number {
  return pairs.filter(({ score, same }) => score >= threshold === same).length / pairs.length
}

/**
 * The area under the ROC curve: the probability that a pair of the same scores higher than one of
 * different ones, equal scores counted half.
 * @throws InvalidInput when there are not pairs of both kinds
 */
export function areaUnderRoc(pairs: readonly ScoredPair[]): number {
  const sorted = pairs.toSorted((a, b) => a.score - b.score)
  let [below, same, wins] = [0, 0, 0]
  for (let i = 0; i < sorted.length; ) {
    let [equalSame, equalDifferent] = [0, 0]
    const { score } = sorted[i]!
    for (; sorted[i]?.score === score; i++)
      if (sorted[i]!.same) equalSame++
      else equalDifferent++
    wins += equalSame * (below + equalDifferent / 2)
    below += equalDifferent
    same += equalSame
  }
  if (below === 0 || same === 0)
    throw invalidInput('areaUnderRoc: wanted pairs of the same and pairs of different ones')
  return wins / (below * same)
}

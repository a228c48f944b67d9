/** Scores of pairs by what they show; a higher one speaks for the same thing. */
export interface PairScores {
  /** Of pairs of one thing. */
  readonly same: readonly number[]
  /** Of pairs of two things. */
  readonly different: readonly number[]
}

/** How often a threshold decides wrongly; pairs that reach it are taken for the same. */
export interface ErrorRates {
  /** Share of the pairs of two things that are taken for one. */
  readonly falseMatchRate: number
  /** Share of the pairs of one thing that are taken for two. */
  readonly falseNonMatchRate: number
}

/** A point of a {@link rocCurve}. */
export interface RocPoint extends ErrorRates {
  /** The lowest score that is taken for the same; Infinity where none is. */
  readonly threshold: number
}

/** What a threshold gives on some pairs. */
export function errorRates({ same, different }: PairScores, threshold: number): ErrorRates {
  const reached = (scores: readonly number[]): number =>
    scores.reduce((count, score) => count + Number(score >= threshold), 0)
  return {
    falseMatchRate: reached(different) / different.length,
    falseNonMatchRate: 1 - reached(same) / same.length,
  }
}

/** The share of all pairs that a threshold decides rightly. */
export function pairAccuracy(scores: PairScores, threshold: number): number {
  const { falseMatchRate, falseNonMatchRate } = errorRates(scores, threshold)
  const [same, different] = [scores.same.length, scores.different.length]
  return ((1 - falseNonMatchRate) * same + (1 - falseMatchRate) * different) / (same + different)
}

/**
 * The rates of every threshold that decides differently, from none taken for the same to all.
 * @see Fawcett 2006, An introduction to ROC analysis
 */
export function rocCurve({ same, different }: PairScores): RocPoint[] {
  const all = [
    ...same.map((score) => ({ score, isSame: true })),
    ...different.map((score) => ({ score, isSame: false })),
  ].sort((a, b) => b.score - a.score)
  const points: RocPoint[] = [
    { threshold: Number.POSITIVE_INFINITY, falseMatchRate: 0, falseNonMatchRate: 1 },
  ]
  let [matches, falseMatches] = [0, 0]
  all.forEach(({ score, isSame }, i) => {
    if (isSame) matches++
    else falseMatches++
    if (all[i + 1]?.score === score) return // equal scores fall together
    points.push({
      threshold: score,
      falseMatchRate: falseMatches / different.length,
      falseNonMatchRate: 1 - matches / same.length,
    })
  })
  return points
}

/**
 * The area under the ROC: how likely a pair of one thing scores higher than a pair of two, equal
 * scores counting half.
 */
export function areaUnderRoc(scores: PairScores): number {
  const points = rocCurve(scores)
  return points.slice(1).reduce((area, point, i) => {
    const before = points[i]!
    const height = 1 - (point.falseNonMatchRate + before.falseNonMatchRate) / 2
    return area + (point.falseMatchRate - before.falseMatchRate) * height
  }, 0)
}

/** The rate at which both kinds of error are equally frequent, in a straight line between thresholds. */
export function equalErrorRate(scores: PairScores): number {
  const points = rocCurve(scores)
  const gap = ({ falseMatchRate, falseNonMatchRate }: ErrorRates): number =>
    falseMatchRate - falseNonMatchRate
  const at = points.findIndex((point) => gap(point) >= 0)
  const [before, after] = [points[Math.max(0, at - 1)]!, points[at]!]
  const share = gap(after) === gap(before) ? 0 : gap(before) / (gap(before) - gap(after))
  return before.falseMatchRate + share * (after.falseMatchRate - before.falseMatchRate)
}

/**
 * The threshold that lets the fewest pairs of one thing go while it takes at most a share of the pairs
 * of two things for one.
 * @param rate wanted false-match rate, 0 to 1
 */
export function thresholdForFalseMatches(scores: PairScores, rate: number): number {
  const points = rocCurve(scores)
  return between(
    points,
    points.findLastIndex((point) => point.falseMatchRate <= rate),
  )
}

/** The threshold that decides most pairs rightly; of several the highest. */
export function mostAccurateThreshold(scores: PairScores): number {
  const points = rocCurve(scores)
  const [same, different] = [scores.same.length, scores.different.length]
  const wrong = points.map(
    (point) => point.falseMatchRate * different + point.falseNonMatchRate * same,
  )
  return between(points, wrong.indexOf(Math.min(...wrong)))
}

/** Halfway from a threshold to the next score below, so that neither lies on the edge. */
function between(points: readonly RocPoint[], at: number): number {
  const { threshold } = points[at]!
  const next = points[at + 1]?.threshold
  if (next === undefined) return threshold - spare(threshold)
  return threshold === Number.POSITIVE_INFINITY ? next + spare(next) : (threshold + next) / 2
}

/** A little more than a score can be off by. */
const spare = (score: number): number => 1e-6 * Math.max(1, Math.abs(score))

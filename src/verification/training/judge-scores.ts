import { areaUnderRoc, equalErrorRate, type PairScores, pairAccuracy } from '../../metrics/index.ts'

/** How good scores are, given the odds that they mean. */
export interface Judgement {
  /** At even odds. */
  readonly accuracy: number
  readonly areaUnderRoc: number
  readonly equalErrorRate: number
  /** Binary cross entropy. */
  readonly loss: number
}

/** Judges the scores of pairs; odds are scale · score + bias. */
export function judgeScores(
  scores: PairScores,
  { scale, bias }: { readonly scale: number; readonly bias: number },
): Judgement {
  const softplus = (x: number): number => Math.max(x, 0) + Math.log1p(Math.exp(-Math.abs(x)))
  const [held, missed] = [
    scores.same.map((score) => softplus(-(scale * score + bias))),
    scores.different.map((score) => softplus(scale * score + bias)),
  ]
  const terms = [...held, ...missed]
  return {
    accuracy: pairAccuracy(scores, -bias / scale),
    areaUnderRoc: areaUnderRoc(scores),
    equalErrorRate: equalErrorRate(scores),
    loss: terms.reduce((sum, term) => sum + term, 0) / terms.length,
  }
}

import { hashFile } from '../../core/index.ts'
import {
  calibratedProbability,
  chooseThreshold,
  type ThresholdWish,
} from '../thresholds/calibration.ts'
import { describeFile } from './describe-file.ts'
import type { Verifier } from './verifier.ts'

/** Whether two pictures show the same one. */
export interface Verdict {
  /** Higher is more alike. */
  readonly score: number
  /** The lowest score that is taken for the same; undefined where nothing says which. */
  readonly threshold: number | undefined
  /** Whether the score reaches it. */
  readonly same: boolean | undefined
  /** How likely they are to show the same, where half of all pairs do; undefined without calibration. */
  readonly probability: number | undefined
  /** How often the threshold took two for one, and one for two, on the pairs that it was chosen by. */
  readonly falseMatchRate: number | undefined
  readonly falseNonMatchRate: number | undefined
  /** Both files hold the same bytes, so that this tells nothing about what they show. */
  readonly identical: boolean
}

/** Two pictures, and how the decision is made. */
export interface VerifyPictures extends ThresholdWish {
  readonly verifier: Verifier
  readonly paths: readonly [string, string]
  /** A score, instead of the one that validation pairs speak for. */
  readonly threshold?: number | undefined
  readonly signal?: AbortSignal
}

/**
 * Compares two picture files.
 * @throws NotFound or InvalidInput, naming the file, when one cannot be read; InvalidInput when a lower rate
 *   of false matches is wanted than the calibration can tell
 */
export async function verifyPictures(options: VerifyPictures): Promise<Verdict> {
  const { verifier, paths, signal } = options
  const a = await describeFile(verifier, paths[0], { signal })
  const b = await describeFile(verifier, paths[1], { signal })
  const [one, two] = await Promise.all(paths.map((path) => hashFile(path)))
  return {
    ...decide(verifier, verifier.compare(a, b), options),
    identical: one!.equals(two!),
  }
}

function decide(
  { calibration }: Verifier,
  score: number,
  { threshold, falseMatchRate }: VerifyPictures,
): Omit<Verdict, 'identical'> {
  const chosen =
    threshold === undefined && calibration !== undefined
      ? chooseThreshold(calibration, { falseMatchRate })
      : undefined
  const lowest = threshold ?? chosen?.score
  return {
    score,
    threshold: lowest,
    same: lowest === undefined ? undefined : score >= lowest,
    probability: calibration === undefined ? undefined : calibratedProbability(calibration)(score),
    falseMatchRate: chosen?.falseMatchRate,
    falseNonMatchRate: chosen?.falseNonMatchRate,
  }
}

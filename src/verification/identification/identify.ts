import { invalidInput } from '../../core/index.ts'
import type { Verifier } from '../comparing/verifier.ts'
import { chooseThreshold, type ThresholdWish } from '../thresholds/calibration.ts'
import type { Candidate, Gallery } from './gallery.ts'

/** Who a picture shows. */
export interface Identity {
  /** Undefined: none of the enrolled ones. */
  readonly name: string | undefined
  readonly threshold: number
  /** The most alike, the best first. */
  readonly candidates: readonly Candidate[]
  readonly enrolled: number
  /**
   * How likely a stranger is taken for someone, from the rate of a single comparison if comparisons were
   * independent: 1 − (1 − rate)^pictures. Undefined where the threshold was given.
   */
  readonly falseAlarm: number | undefined
}

/** A probe, and how the decision is made. */
export interface IdentifyOptions extends ThresholdWish {
  readonly gallery: Gallery
  readonly verifier: Pick<Verifier, 'name' | 'calibration'>
  readonly path: string
  readonly threshold?: number | undefined
  /** Candidates that are told; default 5. */
  readonly top?: number
}

/**
 * Names the one that a picture shows, or says that it is none of the enrolled ones.
 * @throws NotFound or InvalidInput, naming the file, when the picture cannot be read; InvalidInput when
 *   nothing says which scores are enough
 */
export async function identify(options: IdentifyOptions): Promise<Identity> {
  const { gallery, verifier, path, top = 5, falseMatchRate } = options
  const { calibration } = verifier
  if (options.threshold === undefined && calibration === undefined)
    throw invalidInput(
      `identify: nothing says which scores of ${verifier.name} are enough; calibrate it with "vitrine calibrate" or give --threshold`,
    )
  const chosen =
    options.threshold === undefined ? chooseThreshold(calibration!, { falseMatchRate }) : undefined
  const threshold = options.threshold ?? chosen!.score
  const candidates = await gallery.nearest(path, top)
  const [best] = candidates
  return {
    name: best !== undefined && best.score >= threshold ? best.name : undefined,
    threshold,
    candidates,
    enrolled: gallery.names,
    falseAlarm:
      chosen === undefined ? undefined : 1 - (1 - chosen.falseMatchRate) ** gallery.pictures,
  }
}

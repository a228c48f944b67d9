import { readFile, stat } from 'node:fs/promises'
import { z } from 'zod'
import { invalidInput, writeFileAtomic } from '../../core/index.ts'
import {
  errorRates,
  mostAccurateThreshold,
  type PairScores,
  plattProbability,
  plattScaling,
  thresholdForFalseMatches,
} from '../../metrics/index.ts'

const mostBytes = 16 * 2 ** 20
const scores = z.array(z.number()).min(1)

const calibrationSchema = z.strictObject({
  format: z.literal(1),
  /** What the pairs were. */
  data: z.string(),
  /** SHA-256 of the model that gave the scores. */
  model: z.string(),
  same: scores,
  different: scores,
})

/** What the scores of a model mean: those of pairs that it did not learn from. */
export interface Calibration extends PairScores {
  readonly data: string
  readonly model: string
}

/** A threshold, and how often it was wrong on the pairs that it was chosen by. */
export interface Threshold {
  readonly score: number
  readonly falseMatchRate: number
  readonly falseNonMatchRate: number
}

/** How a threshold is wanted: by the rate of false matches, or (default) the most accurate one. */
export interface ThresholdWish {
  readonly falseMatchRate?: number | undefined
}

/**
 * The threshold that validation pairs speak for.
 * @throws InvalidInput when a lower rate is wanted than so many pairs can tell
 */
export function chooseThreshold(
  calibration: Calibration,
  { falseMatchRate }: ThresholdWish = {},
): Threshold {
  const pairs = calibration.different.length
  if (falseMatchRate !== undefined && falseMatchRate * pairs < 1)
    throw invalidInput(
      `threshold: a false-match rate of ${falseMatchRate} is wanted, but ${pairs} pairs of two things tell no less than ${(1 / pairs).toPrecision(2)}; calibrate on more pairs or take a higher rate`,
    )
  const score =
    falseMatchRate === undefined
      ? mostAccurateThreshold(calibration)
      : thresholdForFalseMatches(calibration, falseMatchRate)
  return { score, ...errorRates(calibration, score) }
}

/** How likely a score is to mean the same thing, where half of all pairs do. */
export function calibratedProbability(calibration: Calibration): (score: number) => number {
  const scaling = plattScaling(calibration)
  // the pairs that it was fitted to may not have been half and half
  const odds = Math.log(calibration.different.length / calibration.same.length)
  const even = { ...scaling, intercept: scaling.intercept + odds }
  return (score) => plattProbability(even, score)
}

/** Writes a calibration, whole or not at all. */
export async function writeCalibration(path: string, calibration: Calibration): Promise<void> {
  const rounded = (list: readonly number[]) => list.map((score) => Number(score.toPrecision(7)))
  const { data, model, same, different } = calibration
  const whole = { format: 1, data, model, same: rounded(same), different: rounded(different) }
  await writeFileAtomic(path, `${JSON.stringify(calibrationSchema.parse(whole))}\n`)
}

/**
 * Reads a calibration; undefined where there is none.
 * @param model SHA-256 of the model that it is wanted for
 * @throws InvalidInput when it is damaged or belongs to another model
 */
export async function readCalibration(
  path: string,
  model: string,
): Promise<Calibration | undefined> {
  const found = await stat(path).catch(() => undefined)
  if (found === undefined) return undefined
  const remedy = 'make it anew with "vitrine calibrate"'
  if (found.size > mostBytes) throw invalidInput(`${path}: is ${found.size} bytes long; ${remedy}`)
  let json: unknown
  try {
    json = JSON.parse(await readFile(path, 'utf8'))
  } catch (cause) {
    throw invalidInput(`${path}: is no calibration; ${remedy}`, { cause })
  }
  const parsed = calibrationSchema.safeParse(json)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    throw invalidInput(`${path}: ${issue?.path.join('.')}: ${issue?.message}; ${remedy}`)
  }
  if (parsed.data.model !== model)
    throw invalidInput(`${path}: was made with another model; ${remedy}`)
  return parsed.data
}

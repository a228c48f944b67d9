import { assertBelowOne, assertPositive, invalidInput } from '../core/index.ts'

/**
 * A number that changes over a training (a learning rate, a temperature, the weight of a loss), from
 * progress 0 (start) to 1 (end).
 */
export type Schedule = (progress: number) => number

/** Where a schedule begins and ends. */
export interface Ends {
  readonly start: number
  readonly end?: number
}

/** The same number throughout. */
export const constantRate =
  (rate: number): Schedule =>
  () =>
    rate

/** In a straight line from start to end (0). */
export const linear =
  ({ start, end = 0 }: Ends): Schedule =>
  (progress) =>
    start + (end - start) * Math.min(1, progress)

/** In half a cosine from start to end (0). @see Loshchilov and Hutter 2017, equation 5 */
export const cosine =
  ({ start, end = 0 }: Ends): Schedule =>
  (progress) =>
    end + (start - end) * 0.5 * (1 + Math.cos(Math.PI * Math.min(1, progress)))

/**
 * By the same factor in equal times, start · (end / start)^progress.
 * @throws InvalidInput when an end is not positive
 */
export function exponential({ start, end }: Required<Ends>): Schedule {
  assertPositive('exponential: start', start, 1e-3)
  assertPositive('exponential: end', end, 1e-5)
  return (progress) => start * (end / start) ** Math.min(1, progress)
}

/**
 * Multiplied by a factor every so many epochs.
 * @param options.epochs how many epochs the whole training has
 * @throws InvalidInput when a number is not positive
 */
export function stepDecay(options: {
  readonly start: number
  readonly factor?: number
  readonly every: number
  readonly epochs: number
}): Schedule {
  const { start, factor = 0.1, every, epochs } = options
  assertPositive('stepDecay: factor', factor, 0.1)
  assertPositive('stepDecay: every', every, 10)
  assertPositive('stepDecay: epochs', epochs, 30)
  // the little more makes up for rounding where an epoch begins
  return (progress) => start * factor ** Math.floor((progress * epochs) / every + 1e-9)
}

/**
 * In a straight line from 0 to where another schedule begins, which has the rest of the training.
 * @param warmUp share of training spent warming up, in [0, 1)
 * @throws InvalidInput when the share is outside
 */
export function withWarmUp(schedule: Schedule, warmUp: number): Schedule {
  assertBelowOne('schedule: warm-up', warmUp, 0.1)
  return (progress) =>
    progress < warmUp
      ? (schedule(0) * progress) / warmUp
      : schedule(Math.min(1, (progress - warmUp) / (1 - warmUp)))
}

/**
 * Linear warm-up from 0, then half a cosine down to `final`.
 * @param options.warmUp share of training spent warming up, in [0, 1)
 * @throws InvalidInput when a rate is negative or no number, or the share is outside
 */
export function warmUpCosine(options: {
  readonly peak: number
  readonly warmUp?: number
  readonly final?: number
}): Schedule {
  const { peak, warmUp = 0.1, final = 0 } = options
  return withWarmUp(cosine({ start: peak, end: final }), warmUp)
}

/**
 * What a schedule of learning rates gives at a moment.
 * @throws InvalidInput when that is negative or no number
 */
export function rateAt(schedule: Schedule, progress: number): number {
  const rate = schedule(progress)
  if (rate >= 0 && rate < Number.POSITIVE_INFINITY) return rate
  throw invalidInput(
    `training: the schedule gives a learning rate of ${rate} at progress ${progress}, it must be 0 or more; 0.001 is usual for Adam`,
  )
}

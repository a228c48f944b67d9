import type { TrainingEstimate } from '../../train/index.ts'
import { formatDuration } from '../progress-rate.ts'

/** `about 14 min: 60 epochs of 43 steps at 190 ms, then 40 at 420 ms, plus 20 validations of 3 s`. */
export function describeEstimate(estimate: TrainingEstimate): string {
  const { seconds, phases, validations, secondsPerValidation } = estimate
  const parts = phases.map(
    ({ epochs, stepsPerEpoch, msPerStep }, i) =>
      `${i === 0 ? `${some(epochs, 'epoch')} of ${some(stepsPerEpoch, 'step')}` : epochs} at ${timeOf(msPerStep / 1000)}`,
  )
  return `about ${aboutMinutes(seconds)}: ${parts.join(', then ')}, plus ${some(validations, 'validation')} of ${timeOf(secondsPerValidation)}; less if it stops early`
}

const some = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`

/** Nobody can say a quarter of an hour to the second. */
function aboutMinutes(seconds: number): string {
  return seconds < 120
    ? formatDuration(seconds)
    : formatDuration(Math.round(seconds / 60) * 60).replace(/ 0 s$/, '')
}

const timeOf = (seconds: number): string =>
  seconds < 1 ? `${Math.round(seconds * 1000)} ms` : formatDuration(seconds)

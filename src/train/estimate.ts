import type { TrainingEstimate, TrainingPlan } from './plan.ts'

/** Where a training stands and how fast it is. */
export interface Pace {
  readonly plan: Pick<TrainingPlan, 'phases' | 'validateEvery' | 'validationWork'>
  /** The epoch that goes on, counted from 0, and how many of its steps are done. */
  readonly epoch: number
  readonly step: number
  /** Of a step of this epoch. */
  readonly msPerStep: number
}

/**
 * How long a training will take from here, if it does not stop early: other phases and validations take
 * as much longer as their work is more.
 */
export function estimateTraining({ plan, epoch, step, msPerStep }: Pace): TrainingEstimate {
  const epochs = plan.phases.reduce((sum, phase) => sum + phase.epochs, 0)
  let end = 0
  const places = plan.phases.map((phase) => {
    const begin = end
    end += phase.epochs
    return { phase, begin, end }
  })
  const { work = 1 } = places.find((place) => epoch < place.end)!.phase
  const phases = places
    .filter((place) => epoch < place.end)
    .map((place) => ({
      epochs: place.end - Math.max(place.begin, epoch),
      stepsPerEpoch: place.phase.stepsPerEpoch,
      msPerStep: (msPerStep * (place.phase.work ?? 1)) / work,
    }))
  const validations =
    Math.ceil(epochs / plan.validateEvery) - Math.floor(epoch / plan.validateEvery)
  const validationMs = (msPerStep * (plan.validationWork ?? 0)) / work
  const steps = phases.reduce((sum, one) => sum + one.epochs * one.stepsPerEpoch * one.msPerStep, 0)
  const ms = steps - step * phases[0]!.msPerStep + validations * validationMs
  return { seconds: ms / 1000, phases, validations, secondsPerValidation: validationMs / 1000 }
}

import { expect, test } from 'vitest'
import { describeEstimate } from './describe-estimate.ts'

const phase = (epochs: number, msPerStep: number) => ({ epochs, stepsPerEpoch: 43, msPerStep })

test('an estimate says what it is made of', () => {
  const phases = [phase(60, 190), phase(40, 430.4)]
  const estimate = { seconds: 1283, phases, validations: 20, secondsPerValidation: 2.5 }
  expect(describeEstimate(estimate)).toBe(
    'about 21 min: 60 epochs of 43 steps at 190 ms, then 40 at 430 ms, plus 20 validations of 3 s; less if it stops early',
  )
})

test.each([
  [40.2, 'about 41 s:'],
  [150, 'about 3 min:'],
  [7300, 'about 2 h 2 min:'],
])('%d seconds are said as a person would', (seconds, wanted) => {
  const estimate = { seconds, phases: [phase(1, 10)], validations: 1, secondsPerValidation: 0.02 }
  expect(describeEstimate(estimate).startsWith(wanted)).toBe(true)
})

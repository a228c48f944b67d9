import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type Calibration,
  calibratedProbability,
  chooseThreshold,
  readCalibration,
  writeCalibration,
} from './calibration.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-calibration-'))
})
afterEach(() => rm(folder, { recursive: true }))

const calibration: Calibration = {
  data: 'some pairs',
  model: 'abc',
  same: [0.9, 0.8, 0.7, 0.3],
  different: [0.75, 0.2, 0.1, 0.05],
}

test('a threshold tells what it costs on the pairs that it was chosen by', () => {
  // three of four and all of four: nothing decides more pairs rightly
  expect(chooseThreshold(calibration)).toEqual({
    score: expect.closeTo(0.25, 9),
    falseMatchRate: 0.25,
    falseNonMatchRate: 0,
  })
  expect(chooseThreshold(calibration, { falseMatchRate: 0.25 }).score).toBeCloseTo(0.25, 9)
  const strict = { ...calibration, different: [...calibration.different, 0, 0, 0, 0] }
  expect(chooseThreshold(strict, { falseMatchRate: 0.125 }).falseMatchRate).toBe(0.125)
  expect(() => chooseThreshold(calibration, { falseMatchRate: 0.2 })).toThrow(/4 pairs .* 0\.25/)
})

test('the probability is for as many of the same as of others, whatever was calibrated on', () => {
  const spread = (centre: number, count: number) =>
    Array.from({ length: count }, (_, i) => centre + ((i + 0.5) / count - 0.5) * 4)
  const even = calibratedProbability({
    ...calibration,
    same: spread(1, 400),
    different: spread(-1, 400),
  })
  const rare = calibratedProbability({
    ...calibration,
    same: spread(1, 400),
    different: spread(-1, 4000),
  })
  expect(even(0)).toBeCloseTo(0.5, 2)
  expect(rare(0)).toBeCloseTo(0.5, 1)
  expect(even(1)).toBeGreaterThan(0.8)
  expect(even(-1)).toBeCloseTo(1 - even(1), 2)
})

test('what is written is read, and what is damaged or of another model is refused', async () => {
  const path = join(folder, 'calibration.json')
  expect(await readCalibration(path, 'abc')).toBeUndefined()
  await writeCalibration(path, calibration)
  expect(await readCalibration(path, 'abc')).toMatchObject(calibration)
  await expect(readCalibration(path, 'other')).rejects.toThrow(/made with another model/)
  for (const text of [
    '',
    '{',
    '[]',
    '{"format":2}',
    '{"format":1,"data":"x","model":"abc","same":[],"different":[1]}',
  ]) {
    await writeFile(path, text)
    await expect(readCalibration(path, 'abc')).rejects.toMatchObject({ code: 'InvalidInput' })
  }
})

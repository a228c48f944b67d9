import { describe, expect, test } from 'vitest'
import type { CurveRow } from '../../train/index.ts'
import { assertNotCollapsed } from './dino-collapse.ts'

const sizes = { prototypes: 256, products: 32 }
const row = (epoch: number, information: number, teacherEntropy = 3): CurveRow => ({
  epoch,
  loss: 4,
  teacherEntropy,
  divergence: 0.4,
  information,
})
const rows = (...informations: number[]) => informations.map((x, i) => row(i + 1, x))

describe('a collapse', () => {
  test('is five epochs in a row that tell less than a fiftieth of what could be told', () => {
    const bound = 0.02 * Math.log(32)
    const [under, over] = [bound * 0.99, bound * 1.01]
    const judge = (curve: readonly CurveRow[]) => () => assertNotCollapsed(curve, sizes)
    expect(judge(rows(under, under, under, under))).not.toThrow()
    expect(judge(rows(under, under, under, under, over, under, under))).not.toThrow()
    expect(judge(rows(over, over, over, over, over))).not.toThrow()
    expect(judge(rows(over, under, under, under, under, under))).toThrow(/collapsed/)
  })

  test.each([
    [
      5.5,
      /all pictures every prototype alike.*\(entropy 5\.50 of 5\.55\); lower the teacher’s temp/,
    ],
    [0.1, /all pictures one prototype.*\(entropy 0\.10 of 5\.55\); take the centre off/],
  ])('with an entropy of %d says how and what to do', (entropy, message) => {
    const curve = [1, 2, 3, 4, 5].map((epoch) => row(epoch, 0.0012, entropy))
    expect(() => assertNotCollapsed(curve, sizes)).toThrow(message)
    expect(() => assertNotCollapsed(curve, sizes)).toThrow(
      /tell 0\.0012 nats about the picture in epoch 5, at least 0\.0693 of 3\.47 are wanted/,
    )
  })
})

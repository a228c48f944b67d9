import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { input } from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import { multiSimilarityMiner } from './miners/multi-similarity.ts'
import { euclideanDistance, pairsOf } from './pairs.ts'

const x = input('x', [4, 2])
const labels = input('labels', [4], 'int64')
const angles = [0, 30, 60, 150].map((degrees) => (degrees * Math.PI) / 180)
const feeds = {
  x: tensor(
    'float32',
    x.shape,
    Float32Array.from(angles.flatMap((a) => [Math.cos(a), Math.sin(a)])),
  ),
  labels: tensor('int64', [4], BigInt64Array.of(5n, 5n, 9n, 5n)),
}

test('pairs: cosines of the angles between, who shares a label, nobody with itself', async () => {
  const { similarity, positive, negative } = await evaluate({ ...pairsOf(x, labels) }, feeds)
  expectClose(
    similarity,
    angles.flatMap((a) => angles.map((b) => Math.cos(a - b))),
    1e-6,
  )
  expect([...positive.data]).toEqual([0, 1, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0])
  expect([...negative.data]).toEqual([0, 0, 1, 0, 0, 0, 1, 0, 1, 1, 0, 1, 0, 0, 1, 0])
})

test('distance is that between the points: 2 sin of half the angle, and never below 10⁻⁴', async () => {
  const { similarity } = pairsOf(x, labels)
  const { d } = await evaluate({ d: euclideanDistance(similarity) }, feeds)
  const wanted = angles.flatMap((a) => angles.map((b) => 2 * Math.abs(Math.sin((a - b) / 2))))
  Array.from(d.data, Number).forEach((found, i) => {
    // at 0 only the rounding of the inner product is left
    expect(Math.abs(found - wanted[i]!)).toBeLessThan(wanted[i] === 0 ? 1e-3 : 1e-6)
    expect(found).toBeGreaterThanOrEqual(1e-4 - 1e-9)
  })
})

test('mining by hand: positives as hard as the hardest negative, negatives as hard as the hardest positive', async () => {
  // anchor 0°: positives 30° (0.87), 150° (−0.87); negative 60° (0.5).
  //   positives below 0.5 + 0.1: only 150°. Negatives above −0.87 − 0.1: 60°.
  // anchor 30°: positives 0° (0.87), 150° (−0.5); negative 60° (0.87).
  //   positives below 0.97: both. anchor 150°: positives 0° (−0.87), 30° (−0.5); negative 60° (0):
  //   both. Anchor 60° has no positives, so none of its negatives is hard beside one.
  const { positive, negative } = await evaluate(
    { ...multiSimilarityMiner(pairsOf(x, labels)) },
    feeds,
  )
  expect([...positive.data]).toEqual([0, 0, 0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 1, 1, 0, 0])
  expect([...negative.data]).toEqual([0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 1, 0])
})

test('a larger epsilon keeps all that a smaller one keeps', async () => {
  const mined = (epsilon: number) =>
    evaluate({ ...multiSimilarityMiner(pairsOf(x, labels), { epsilon }) }, feeds)
  const [few, many] = [await mined(0), await mined(1)]
  for (const side of ['positive', 'negative'] as const)
    Array.from(few[side].data, Number).forEach((weight, i) => {
      expect(Number(many[side].data[i])).toBeGreaterThanOrEqual(weight)
    })
})

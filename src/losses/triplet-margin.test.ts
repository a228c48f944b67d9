import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { gradients } from '../autodiff/index.ts'
import { rngFromSeed } from '../core/index.ts'
import { input, type Value } from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { type Tensor, tensor } from '../tensor/index.ts'
import { multiSimilarityMiner } from './miners/multi-similarity.ts'
import { pairsOf } from './pairs.ts'
import { tripletMarginLoss } from './triplet-margin.ts'

interface Batch {
  readonly rows: readonly Float64Array[]
  readonly labels: readonly number[]
}

const batches: fc.Arbitrary<Batch> = fc
  .record({
    labels: fc.array(fc.nat(3), { minLength: 1, maxLength: 8 }),
    dimension: fc.integer({ min: 1, max: 5 }),
    seed: fc.integer(),
  })
  .map(({ labels, dimension, seed }) => {
    const rng = rngFromSeed(seed)
    return { labels, rows: labels.map(() => unit(Array.from({ length: dimension }, rng.normal))) }
  })

function unit(row: readonly number[]): Float64Array {
  const length = Math.hypot(...row)
  // rounded, so that both sides compute on the same numbers
  return Float64Array.from(row, (x) => Math.fround(x / length))
}

const dot = (a: Float64Array, b: Float64Array) => a.reduce((sum, x, i) => sum + x * b[i]!, 0)
const distance = (a: Float64Array, b: Float64Array) =>
  Math.hypot(...Array.from(a, (x, i) => x - b[i]!))

/**
 * What pytorch-metric-learning's MultiSimilarityMiner and TripletMarginLoss define, in plain loops
 * and float64. `closest` is how near any decision came to its threshold.
 */
function bruteForce({ rows, labels }: Batch, margin: number, epsilon: number) {
  const terms: number[] = []
  let closest = Number.POSITIVE_INFINITY
  const decide = (difference: number) => {
    closest = Math.min(closest, Math.abs(difference))
    return difference > 0
  }
  rows.forEach((anchor, a) => {
    const others = [...rows.keys()].filter((i) => i !== a)
    const positives = others.filter((i) => labels[i] === labels[a])
    const negatives = others.filter((i) => labels[i] !== labels[a])
    const s = (i: number) => dot(anchor, rows[i]!)
    const hardestPositive = Math.min(...positives.map(s))
    const hardestNegative = Math.max(...negatives.map(s))
    for (const p of positives.filter((i) => decide(hardestNegative + epsilon - s(i))))
      for (const n of negatives.filter((i) => decide(s(i) - hardestPositive + epsilon))) {
        const term = distance(anchor, rows[p]!) - distance(anchor, rows[n]!) + margin
        if (decide(term)) terms.push(term)
      }
  })
  const loss = terms.length === 0 ? 0 : terms.reduce((sum, x) => sum + x, 0) / terms.length
  return { loss, active: terms.length, closest }
}

function graphOf({ rows, labels }: Batch, margin: number, epsilon = 0.1) {
  const x = input('x', [rows.length, rows[0]!.length])
  const y = input('labels', [labels.length], 'int64')
  const pairs = pairsOf(x, y)
  const weights = multiSimilarityMiner(pairs, { epsilon })
  const feeds = {
    x: tensor('float32', x.shape, Float32Array.from(rows.flatMap((row) => [...row]))),
    labels: tensor('int64', y.shape, BigInt64Array.from(labels, BigInt)),
  }
  return { x, feeds, ...tripletMarginLoss({ pairs, weights, margin }) }
}

async function ours(batch: Batch, margin: number, epsilon?: number) {
  const { feeds, loss, active } = graphOf(batch, margin, epsilon)
  const found = await evaluate({ loss, active }, feeds, { threads: 1 })
  return { loss: Number(found.loss.data[0]), active: Number(found.active.data[0]) }
}

test('mined triplet loss is that of plain loops over pairs and triplets', () =>
  fc.assert(
    fc.asyncProperty(
      batches,
      fc.double({ min: 0.05, max: 1, noNaN: true }),
      fc.double({ min: 0, max: 0.5, noNaN: true }),
      async (batch, margin, epsilon) => {
        const wanted = bruteForce(batch, margin, epsilon)
        // √ blows up rounding where two vectors nearly coincide
        fc.pre(wanted.closest > 1e-4)
        const found = await ours(batch, margin, epsilon)
        expect(found.active).toBe(wanted.active)
        expect(Math.abs(found.loss - wanted.loss)).toBeLessThan(3e-4)
      },
    ),
    { numRuns: 60 },
  ))

test('semi-hard: a triplet counts only where the negative is farther already, by less than the margin', async () => {
  const half = Math.sqrt(3) / 2
  const rows = [unit([1, 0]), unit([0.5, half]), unit([0, 1])]
  const [x, labels] = [input('x', [3, 2]), input('labels', [3], 'int64')]
  const pairs = pairsOf(x, labels)
  const weights = multiSimilarityMiner(pairs, { epsilon: 10 })
  const found = await evaluate(tripletMarginLoss({ pairs, weights, margin: 0.5, semiHard: true }), {
    x: tensor('float32', [3, 2], Float32Array.from(rows.flatMap((row) => [...row]))),
    labels: tensor('int64', [3], BigInt64Array.from([1, 1, 2], BigInt)),
  })
  // anchor 0: d(a,p) = 1 < d(a,n) = √2 < 1.5; anchor 1: its negative is nearer than its positive
  expect(Number(found.active!.data[0])).toBe(1)
  expect(Number(found.loss!.data[0])).toBeCloseTo(1.5 - Math.SQRT2, 5)
})

test('one triplet by hand: d(a,p) = 1, d(a,n) = √2 and the other way round', async () => {
  const half = Math.sqrt(3) / 2
  const rows = [unit([1, 0]), unit([0.5, half]), unit([0, 1])]
  // anchor 0: 1 − √2 + 0.5; anchor 1: 1 − d(1, 2) + 0.5 with d = 2 sin 15°
  const [first, second] = [1.5 - Math.SQRT2, 1.5 - 2 * Math.sin(Math.PI / 12)]
  const { loss, active } = await ours({ rows, labels: [1, 1, 2] }, 0.5, 10)
  expect(active).toBe(2)
  expect(loss).toBeCloseTo((first + second) / 2, 6)
})

test('the order of the batch does not matter', () =>
  fc.assert(
    fc.asyncProperty(batches, fc.integer(), async ({ rows, labels }, seed) => {
      const order = rngFromSeed(seed).shuffle([...rows.keys()])
      const shuffled = { rows: order.map((i) => rows[i]!), labels: order.map((i) => labels[i]!) }
      const [a, b] = [await ours({ rows, labels }, 0.3), await ours(shuffled, 0.3)]
      expect(b.active).toBe(a.active)
      expect(Math.abs(b.loss - a.loss)).toBeLessThan(1e-5)
    }),
    { numRuns: 20 },
  ))

test('a larger margin makes no triplet inactive and the sum over triplets no smaller', () =>
  fc.assert(
    fc.asyncProperty(batches, async (batch) => {
      const [a, b] = [await ours(batch, 0.2), await ours(batch, 0.4)]
      expect(b.active).toBeGreaterThanOrEqual(a.active)
      expect(b.loss * b.active).toBeGreaterThanOrEqual(a.loss * a.active - 1e-5)
    }),
    { numRuns: 20 },
  ))

test('vectors that are all the same give the margin', async () => {
  const rows = [1, 2, 3, 4].map(() => unit([0.6, 0.8, 0]))
  const { loss, active } = await ours({ rows, labels: [1, 1, 2, 2] }, 0.25)
  expect(active).toBe(8)
  expect(loss).toBeCloseTo(0.25, 6)
})

const slopeOf = async (batch: Batch): Promise<{ loss: Tensor; slope: Tensor }> => {
  const { x, feeds, loss } = graphOf(batch, 0.25)
  return evaluate({ loss, slope: gradients(loss, [x])[0] as Value }, feeds)
}

test.each([
  ['no positives', [1, 2, 3, 4]],
  ['no negatives', [1, 1, 1, 1]],
])('a batch with %s has loss 0 and gradient 0', async (_, labels) => {
  const rng = rngFromSeed(2)
  const rows = labels.map(() => unit([rng.normal(), rng.normal(), rng.normal()]))
  const { loss, slope } = await slopeOf({ rows, labels })
  expect(loss.data[0]).toBe(0)
  expect([...slope.data].every((x) => x === 0)).toBe(true)
})

test('collapsed and opposite vectors have finite gradients', async () => {
  const [same, back] = [unit([0.6, 0.8]), unit([-0.6, -0.8])]
  for (const rows of [
    [same, same, same, same],
    [same, back, same, back],
    [same, back, back, same],
  ]) {
    const { slope } = await slopeOf({ rows, labels: [1, 1, 2, 2] })
    expect([...slope.data].every((x) => Number.isFinite(Number(x)))).toBe(true)
  }
})

test('the gradients are those of central differences, the choice of pairs held fixed', () =>
  checkGradient({
    at: { x: random('float32', [6, 4], rngFromSeed(6), [-0.5, 0.5]) },
    fixed: { labels: tensor('int64', [6], BigInt64Array.of(1n, 1n, 2n, 2n, 3n, 3n)) },
    of: ({ x, labels }) => {
      const pairs = pairsOf(x!, labels!)
      const weights = multiSimilarityMiner(pairs, { epsilon: 0.05 })
      return tripletMarginLoss({ pairs, weights, margin: 0.4 }).loss
    },
    step: 2e-3,
    tolerance: 2e-3,
  }))

test.each([0, -0.2, Number.NaN])('margin %d is refused', (margin) => {
  const batch = { rows: [unit([1, 0]), unit([0, 1])], labels: [1, 2] }
  expect(() => graphOf(batch, margin)).toThrow(
    /triplet: margin is .*must be positive; 0\.2 is usual/,
  )
})

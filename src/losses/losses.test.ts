import { readFile } from 'node:fs/promises'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { expectClose } from '../../tests/support/expect-close.ts'
import { checkGoldenFunction, type GoldenFunction } from '../../tests/support/golden-function.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { gradients } from '../autodiff/index.ts'
import { rngFromSeed } from '../core/index.ts'
import { cast, constant, input, mul, sigmoid, type Value } from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { type DType, type Tensor, tensor } from '../tensor/index.ts'
import { binaryCrossEntropy, binaryCrossEntropyWithLogits } from './binary-cross-entropy.ts'
import { cosineLoss } from './cosine-loss.ts'
import { crossEntropy } from './cross-entropy.ts'
import { dinoLoss } from './dino-loss.ts'
import { meanSquaredError } from './mean-squared-error.ts'

/** By tests/golden/losses.py, PyTorch in float64. */
const golden: Record<string, GoldenFunction> = JSON.parse(
  await readFile(new URL('../../tests/golden/losses.json', import.meta.url), 'utf8'),
)

const labels = constant(tensor('int64', [2, 3], BigInt64Array.of(0n, 3n, 1n, 4n, 4n, 2n)))
const targets = constant(tensor('float32', [2, 3], Float32Array.of(1, 0, 0.25, 0, 1, 1)))
const present = constant(tensor('float32', [2, 3], Float32Array.of(1, 0, 1, 0.5, 1, 1)))

const taught = constant(
  tensor(
    'float32',
    [2, 3, 5],
    Float32Array.from({ length: 30 }, (_, i) => Math.sin(i)),
  ),
)
const centre = constant(
  tensor(
    'float32',
    [5],
    Float32Array.from({ length: 5 }, (_, i) => 0.1 * Math.cos(i)),
  ),
)
const dino = (student: Value): Value =>
  dinoLoss({
    student,
    teacher: cast(taught, student.dtype),
    centre: cast(centre, student.dtype),
    studentTemperature: 0.1,
    teacherTemperature: 0.07,
  }).loss

type Loss = (values: Readonly<Record<string, Value>>, dtype?: DType) => Value

const losses: Readonly<Record<string, Loss>> = {
  crossEntropy: ({ logits }) => crossEntropy({ logits: logits!, labels }),
  'crossEntropy smoothed': ({ logits }) =>
    crossEntropy({ logits: logits!, labels, smoothing: 0.1 }),
  binaryCrossEntropyWithLogits: ({ logits }) =>
    binaryCrossEntropyWithLogits({ logits: logits!, targets: cast(targets, logits!.dtype) }),
  'binaryCrossEntropyWithLogits weighted': ({ logits }) =>
    binaryCrossEntropyWithLogits({
      logits: logits!,
      targets: cast(targets, logits!.dtype),
      positiveWeight: 3,
    }),
  binaryCrossEntropy: ({ probabilities }) =>
    binaryCrossEntropy({
      probabilities: probabilities!,
      targets: cast(targets, probabilities!.dtype),
    }),
  meanSquaredError: ({ predicted, target }) => meanSquaredError(predicted!, target!),
  cosineLoss: ({ predicted, target }) => cosineLoss({ predicted: predicted!, target: target! }),
  'cosineLoss weighted': ({ predicted, target }) =>
    cosineLoss({
      predicted: predicted!,
      target: target!,
      weights: cast(present, predicted!.dtype),
    }),
  dinoLoss: ({ student }) => dino(student!),
  'dinoLoss two views': ({ student }) => dino(student!),
}

test('every golden loss is computed', () => {
  expect(Object.keys(losses).sort()).toEqual(Object.keys(golden).sort())
})

test.each(Object.entries(losses))('%s is that of PyTorch, and so is its gradient', (name, loss) =>
  checkGoldenFunction(golden[name]!, loss),
)

test.each(Object.entries(losses))(
  'the gradient of %s is that of central differences',
  (name, loss) => {
    // onnxruntime has no Softplus of float64
    const single = name.startsWith('binaryCrossEntropyWithLogits')
    const at = Object.entries(golden[name]!.inputs).map(([key, { shape, data }]) => [
      key,
      single
        ? tensor(
            'float32',
            shape,
            Float32Array.from(data, (x) => x / 10),
          )
        : tensor('float64', shape, Float64Array.from(data)),
    ])
    return checkGradient({ at: Object.fromEntries(at), of: loss })
  },
)

const row = (...values: number[]) => tensor('float32', [values.length], Float32Array.from(values))

/** A loss of one vector and its slope. */
async function slopeAt(x: Tensor, loss: (x: Value) => Value) {
  const at = input('x', x.shape)
  const y = loss(at)
  const found = await evaluate({ y, slope: gradients(y, [at])[0]! }, { x }, { threads: 1 })
  return { loss: Number(found.y.data[0]), slope: Array.from(found.slope.data, Number) }
}

test('large scores neither overflow nor lose what they know', async () => {
  const scores = row(200, -200, 30, -30, 0)
  const t = constant(row(1, 0, 1, 0, 1))
  const right = await slopeAt(scores, (logits) =>
    binaryCrossEntropyWithLogits({ logits, targets: t }),
  )
  expect(right.loss).toBeCloseTo(Math.LN2 / 5, 6)
  expectClose(right.slope, [0, 0, -Math.exp(-30) / 5, Math.exp(-30) / 5, -0.1], 1e-6)
  const wrong = await slopeAt(scores, (x) =>
    binaryCrossEntropyWithLogits({ logits: mul(x, -1), targets: t }),
  )
  expect(wrong.loss).toBeCloseTo((460 + Math.LN2) / 5, 3)
  const first = constant(tensor('int64', [1], BigInt64Array.of(0n)))
  const far = await slopeAt(tensor('float32', [1, 3], Float32Array.of(-1000, 1000, 0)), (logits) =>
    crossEntropy({ logits, labels: first }),
  )
  expect(far.loss).toBe(2000)
  expect(far.slope).toEqual([-1, 1, 0])
})

test('probabilities of 0 and 1 have a finite loss and gradient; through a sigmoid it is that of the score', async () => {
  const t = constant(row(1, 1, 0, 0))
  const at = await slopeAt(row(0, 1, 1, 0), (probabilities) =>
    binaryCrossEntropy({ probabilities, targets: t }),
  )
  expect(at.loss).toBeCloseTo((2 * 38 * Math.LN10) / 4, 3)
  expect(at.slope.every(Number.isFinite)).toBe(true)
  const scores = row(-6, 2, 3, -5)
  const [p, x] = [
    await slopeAt(scores, (s) => binaryCrossEntropy({ probabilities: sigmoid(s), targets: t })),
    await slopeAt(scores, (logits) => binaryCrossEntropyWithLogits({ logits, targets: t })),
  ]
  expect(p.loss).toBeCloseTo(x.loss, 5)
  expectClose(p.slope, x.slope, 1e-5)
})

test('cross entropy of K equal scores is ln K, smoothed or not, and lower bounds hold', () =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 2, max: 9 }),
      fc.double({ min: 0, max: 0.9, noNaN: true }),
      async (k, smoothing) => {
        const one = constant(tensor('int64', [1], BigInt64Array.of(1n)))
        const equal = tensor('float32', [1, k], new Float32Array(k).fill(0.7))
        const loss = (logits: Value) => crossEntropy({ logits, labels: one, smoothing })
        expect((await slopeAt(equal, loss)).loss).toBeCloseTo(Math.log(k), 5)
        // never below the entropy of the smoothed target
        const [right, wrong] = [1 - smoothing + smoothing / k, smoothing / k]
        const entropy =
          -right * Math.log(right) - (wrong > 0 ? (k - 1) * wrong * Math.log(wrong) : 0)
        const any = random('float32', [1, k], rngFromSeed(k), [-6, 6])
        expect((await slopeAt(any, loss)).loss).toBeGreaterThanOrEqual(entropy - 1e-5)
      },
    ),
    { numRuns: 12 },
  ))

test('the cosine loss does not see lengths, and a vector of zeros does no harm', async () => {
  const target = constant(tensor('float32', [1, 2], Float32Array.of(0, 3)))
  const at = (x: number, y: number) =>
    slopeAt(tensor('float32', [1, 2], Float32Array.of(x, y)), (predicted) =>
      cosineLoss({ predicted, target }),
    )
  for (const scale of [1e-3, 1, 1e3]) {
    expect((await at(0, scale)).loss).toBeCloseTo(0, 5)
    expect((await at(scale, 0)).loss).toBeCloseTo(1, 5)
    expect((await at(0, -scale)).loss).toBeCloseTo(2, 5)
  }
  const zero = await at(0, 0)
  expect(zero.loss).toBe(1)
  expect(zero.slope.every(Number.isFinite)).toBe(true)
})

test('of the cosine loss, what has no weight neither counts nor learns, whatever it is', () =>
  fc.assert(
    fc.asyncProperty(fc.integer({ min: 1, max: 1000 }), async (seed) => {
      const rng = rngFromSeed(seed)
      const predicted = random('float32', [2, 3, 4], rng, [-1, 1])
      const loss = (stands: number) => {
        const target = random('float32', [2, 3, 4], rngFromSeed(seed + 1), [-1, 1])
        target.data.fill(stands, 4, 8) // the place [0, 1], which is masked
        const weights = constant(tensor('float32', [2, 3], Float32Array.of(1, 0, 1, 1, 1, 1)))
        return slopeAt(predicted, (x) =>
          cosineLoss({ predicted: x, target: constant(target), weights }),
        )
      }
      const [one, other] = [await loss(0), await loss(7)]
      expect(other.loss).toBe(one.loss)
      expect(other.slope.every((slope, i) => slope === one.slope[i])).toBe(true)
      expect(one.slope.slice(4, 8).every((slope) => slope === 0)).toBe(true)
      expect(one.slope.slice(0, 4).some((slope) => slope !== 0)).toBe(true)
    }),
    { numRuns: 5 },
  ))

test('what does not fit is refused', () => {
  const [two, three] = [input('a', [2]), input('b', [3])]
  expect(() => meanSquaredError(two, three)).toThrow(
    /predicted \[2\] and target \[3\] must have one shape/,
  )
  expect(() => binaryCrossEntropy({ probabilities: two, targets: three })).toThrow(
    /probabilities \[2\] and targets/,
  )
  expect(() =>
    binaryCrossEntropyWithLogits({ logits: two, targets: two, positiveWeight: 0 }),
  ).toThrow(/positive weight is 0/)
  expect(() => cosineLoss({ predicted: two, target: two })).toThrow(
    /vectors \[2\]; wanted \[B, \.\.\., D\]/,
  )
  const pairs = input('p', [2, 3])
  expect(() => cosineLoss({ predicted: pairs, target: pairs, weights: three })).toThrow(
    /with weights \[3\]/,
  )
  const logits = input('l', [2, 5])
  expect(() => crossEntropy({ logits, labels: input('y', [3], 'int64') })).toThrow(
    /labels \[3\] do not fit logits \[2, 5\]/,
  )
  expect(() => crossEntropy({ logits, labels: input('y', [2]) })).toThrow(
    /labels are float32, they must be int64/,
  )
  expect(() => crossEntropy({ logits, labels: input('y', [2], 'int64'), smoothing: 1 })).toThrow(
    /smoothing is 1/,
  )
})

test('a label beyond the classes is an error, not a number', async () => {
  const loss = crossEntropy({ logits: input('l', [1, 5]), labels: input('y', [1], 'int64') })
  const feeds = {
    l: tensor('float32', [1, 5], new Float32Array(5)),
    y: tensor('int64', [1], BigInt64Array.of(5n)),
  }
  await expect(evaluate({ loss }, feeds)).rejects.toMatchObject({ code: 'InvalidInput' })
})

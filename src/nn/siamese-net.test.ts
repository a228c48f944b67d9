import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import {
  checkGolden,
  type GoldenNetwork,
  type GoldenPass,
  readGolden,
} from '../../tests/support/golden-network.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { stillRng } from '../../tests/support/still-rng.ts'
import { trainingMode } from '../../tests/support/training-mode.ts'
import { rngFromSeed } from '../core/index.ts'
import { input, writeModel } from '../onnx/index.ts'
import { evaluate, openSession } from '../runtime/index.ts'
import { type Tensor, tensor } from '../tensor/index.ts'
import { countParameters } from './layer.ts'
import { SiameseNet } from './siamese-net.ts'

const { parameters, ...golden } = await readGolden<GoldenNetwork & Record<string, number>>(
  'siamese_net',
)
const small = {
  size: 15,
  convolutions: [
    { outputs: 3, kernel: 4 },
    { outputs: 4, kernel: 3 },
    { outputs: 5, kernel: 2 },
  ],
  dimension: 6,
}
const pass = (batchNorm: boolean): GoldenPass => {
  const layer = new SiameseNet({ ...small, batchNorm }, rngFromSeed(1))
  return { layer, apply: ({ one, two }, mode) => layer.similarity(one!, two!, mode) }
}
const passes: Record<string, GoldenPass> = {
  plain: pass(false),
  'batch norm': { ...pass(true), tolerance: 1e-4 },
  inference: { ...pass(true), kind: 'inference' },
}

test('every golden network is compared', () => {
  expect(Object.keys(passes).sort()).toEqual(Object.keys(golden).sort())
})

test.each(Object.entries(passes))(
  '%s: output, gradients and running statistics are those of PyTorch',
  (name, pass) => checkGolden(golden[name]!, pass),
)

test.each([
  ['plain', false],
  ['batch norm', true],
] as const)('%s: as many parameters as what the paper prints', (name, batchNorm) => {
  expect(countParameters(new SiameseNet({ batchNorm }, stillRng))).toBe(parameters![name])
})

test('a served network compares any number of pairs, each as it does alone', async () => {
  const net = new SiameseNet(small, rngFromSeed(2))
  const [one, two] = [input('one', [3, 1, 15, 15]), input('two', [3, 1, 15, 15])]
  const y = net.similarity(one, two, { kind: 'inference' })
  const served = await openSession(writeModel({ y }, { freeBatch: 'N' }))
  try {
    const [a, b] = [3, 4].map((seed) => random('float32', one.shape, rngFromSeed(seed)))
    const all = (await served.run({ one: a!, two: b! })).y!.data as Float32Array
    const second = (of: Tensor<'float32'>) =>
      tensor('float32', [1, 1, 15, 15], of.data.slice(225, 450))
    const alone = (await served.run({ one: second(a!), two: second(b!) })).y!
    expectClose(alone, all.slice(1, 2), 1e-6)
  } finally {
    await served.close()
  }
})

test('pictures are as similar as in the other order, and a picture is to itself whatever it shows', async () => {
  const net = new SiameseNet({ ...small, batchNorm: false }, rngFromSeed(2))
  const [one, two] = [input('one', [2, 1, 15, 15]), input('two', [2, 1, 15, 15])]
  const mode = { kind: 'inference' } as const
  const found = await evaluate(
    {
      forth: net.similarity(one, two, mode),
      back: net.similarity(two, one, mode),
      same: net.similarity(one, one, mode),
    },
    {
      one: random('float32', one.shape, rngFromSeed(3)),
      two: random('float32', two.shape, rngFromSeed(4)),
    },
  )
  expectClose(found.back, found.forth, 1e-6)
  // the bias of the head begins at 0
  expectClose(found.same, [0.5, 0.5], 1e-6)
})

test('dropout leaves a share of each description 0, in training alone', async () => {
  const net = new SiameseNet({ ...small, dimension: 400, dropout: 0.2 }, rngFromSeed(2))
  const x = input('x', [4, 1, 15, 15])
  const values = { some: net.apply(x, trainingMode()), all: net.apply(x, { kind: 'inference' }) }
  const { some, all } = await evaluate(values, { x: random('float32', x.shape, rngFromSeed(3)) })
  const zeros = ({ data }: { readonly data: ArrayLike<unknown> }) =>
    Array.from(data).filter((y) => y === 0).length / data.length
  // the ReLU leaves about half, and a fifth of these are dropped
  expect(zeros(all)).toBeLessThan(0.55)
  expect(zeros(some)).toBeCloseTo(0.6, 1)
})

import { expect, test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { expectClose } from '../../tests/support/expect-close.ts'
import {
  checkGolden,
  type GoldenPass,
  passOf,
  readGolden,
} from '../../tests/support/golden-network.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { trainingMode } from '../../tests/support/training-mode.ts'
import { rngFromSeed } from '../core/index.ts'
import { input, mul, type StateUpdate, sub, tanh } from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import { BatchNorm } from './batch-norm.ts'
import { Conv } from './conv.ts'
import { DinoHead } from './dino-head.ts'
import { Linear } from './linear.ts'
import { Mlp } from './mlp.ts'
import { ResidualBlock } from './residual-block.ts'
import { unitLength } from './unit-length.ts'

const golden = await readGolden('layers')
const rng = rngFromSeed(1)
const grouped = { inputs: 4, outputs: 6, kernel: [3, 2], padding: [2, 0], groups: 2 } as const
const twice = new BatchNorm({ channels: 2 })
const passes: Record<string, GoldenPass> = {
  Linear: passOf(new Linear({ inputs: 4, outputs: 3 }, rng)),
  Mlp: passOf(new Mlp({ widths: [4, 5, 3, 2], activation: tanh }, rng)),
  Conv: passOf(new Conv({ inputs: 2, outputs: 3, kernel: 3, stride: 2 }, rng)),
  'Conv, groups and bias': passOf(new Conv({ ...grouped, bias: true }, rng)),
  BatchNorm: passOf(new BatchNorm({ channels: 3 })),
  'BatchNorm, inference': { ...passOf(new BatchNorm({ channels: 3 })), kind: 'inference' },
  // over two values the gradient by x is what is left of terms a thousand times as large
  'BatchNorm, two values a channel': {
    ...passOf(new BatchNorm({ channels: 3 })),
    tolerance: 3e-3,
  },
  'BatchNorm, rows': passOf(new BatchNorm({ channels: 3 })),
  'BatchNorm, twice': {
    layer: twice,
    apply: ({ x, z }, mode) => sub(twice.apply(x!, mode), mul(twice.apply(z!, mode), 2)),
  },
  ResidualBlock: passOf(new ResidualBlock({ channels: 3 }, rng)),
  unitLength: { layer: {}, apply: ({ x }) => unitLength(x!) },
  DinoHead: passOf(new DinoHead({ inputs: 4, hidden: 6, bottleneck: 3, prototypes: 5 }, rng)),
}

test('every golden layer is compared', () => {
  expect(Object.keys(passes).sort()).toEqual(Object.keys(golden).sort())
})

test.each(Object.entries(passes))(
  '%s: output, gradients and running statistics are those of PyTorch',
  (name, pass) => checkGolden(golden[name]!, pass),
)

test('BatchNorm in training: the gradients are those of central differences', () =>
  checkGradient({
    at: { x: random('float32', [3, 2, 3, 2], rngFromSeed(4)) },
    of: ({ x }) => new BatchNorm({ channels: 2 }).apply(x!, trainingMode()),
  }))

test('BatchNorm in training does not see scale and offset of its input', async () => {
  const norm = new BatchNorm({ channels: 2 })
  const x = input('x', [4, 2, 3, 3])
  const one = random('float32', x.shape, rngFromSeed(4), [-3, 3])
  const moved = tensor(
    'float32',
    x.shape,
    one.data.map((v) => 7 * v + 20),
  )
  const y = norm.apply(x, trainingMode())
  const [a, b] = [await evaluate({ y }, { x: one }), await evaluate({ y }, { x: moved })]
  expectClose(a.y, b.y, 2e-5)
})

test('BatchNorm of one value a channel gives its shift and finite statistics', async () => {
  const norm = new BatchNorm({ channels: 2 })
  const updates: StateUpdate[] = []
  const y = norm.apply(input('x', [1, 2, 1, 1]), trainingMode({ updates }))
  const found = await evaluate(
    { y, mean: updates[0]!.next, variance: updates[1]!.next },
    { x: tensor('float32', [1, 2, 1, 1], Float32Array.of(3, -2)) },
  )
  expect([...found.y.data]).toEqual([0, 0])
  expectClose(found.mean, [0.3, -0.2], 1e-6)
  expectClose(found.variance, [0.9, 0.9], 1e-6)
})

test('a new ResidualBlock lets positive input through unchanged', async () => {
  const block = new ResidualBlock({ channels: 2 }, rngFromSeed(3))
  const x = random('float32', [2, 2, 3, 3], rngFromSeed(4), [0, 1])
  const y = block.apply(input('x', x.shape), trainingMode())
  expect((await evaluate({ y }, { x })).y.data).toEqual(x.data)
})

test('unitLength: rows of length 1 whatever their scale, and a zero row stays zero', async () => {
  const x = input('x', [4, 2])
  const { y } = await evaluate(
    { y: unitLength(x) },
    { x: tensor('float32', [4, 2], Float32Array.of(3, 4, 3e4, 4e4, 3e-3, 4e-3, 0, 0)) },
  )
  expectClose(y, [0.6, 0.8, 0.6, 0.8, 0.6, 0.8, 0, 0], 1e-6)
})

test('unitLength: the gradients are those of central differences', () =>
  checkGradient({
    at: { x: random('float64', [3, 4], rngFromSeed(2)) },
    of: ({ x }) => unitLength(x!),
  }))

test('what makes no layer is refused', () => {
  const sizes = { inputs: 4, outputs: 6, kernel: 3 }
  expect(() => new Conv({ ...sizes, groups: 4 }, rng)).toThrow(/4 groups do not divide 4 inputs/)
  expect(() => new Mlp({ widths: [4] }, rng)).toThrow(/widths \[4\] make no layer/)
})

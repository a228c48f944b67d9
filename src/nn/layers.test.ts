import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { checkGradient } from '../../tests/support/check-gradient.ts'
import { expectClose } from '../../tests/support/expect-close.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { trainingMode } from '../../tests/support/training-mode.ts'
import { gradients } from '../autodiff/index.ts'
import { rngFromSeed } from '../core/index.ts'
import { constant, input, mul, reduceSum, type StateUpdate } from '../onnx/index.ts'
import { evaluate } from '../runtime/index.ts'
import { type Tensor, tensor } from '../tensor/index.ts'
import { BatchNorm } from './batch-norm.ts'
import { Conv } from './conv.ts'
import { type Layer, type Mode, parametersOf } from './layer.ts'
import { Linear } from './linear.ts'
import { ResidualBlock } from './residual-block.ts'
import { unitLength } from './unit-length.ts'

interface Numbers {
  readonly shape: readonly number[]
  readonly data: readonly number[]
}

/** By tests/golden/make-layers.py, PyTorch in float64. */
const golden: Record<
  string,
  {
    readonly start: Record<string, Numbers>
    readonly x: Numbers
    readonly y: Numbers
    readonly r: Numbers
    readonly gradients: Record<string, Numbers>
    readonly end: Record<string, Numbers>
  }
> = JSON.parse(await readFile(new URL('../../tests/golden/layers.json', import.meta.url), 'utf8'))
const rng = rngFromSeed(1)
const layers: Record<string, Layer> = {
  Linear: new Linear({ inputs: 4, outputs: 3 }, rng),
  Conv: new Conv({ inputs: 2, outputs: 3, kernel: 3, stride: 2 }, rng),
  BatchNorm: new BatchNorm({ channels: 3 }),
  'BatchNorm, inference': new BatchNorm({ channels: 3 }),
  'BatchNorm, two values a channel': new BatchNorm({ channels: 3 }),
  ResidualBlock: new ResidualBlock({ channels: 3 }, rng),
}
const single = ({ shape, data }: Numbers): Tensor<'float32'> =>
  tensor('float32', shape, Float32Array.from(data))

test('every golden layer is compared', () => {
  expect(Object.keys(layers).sort()).toEqual(Object.keys(golden).sort())
})

test.each(Object.entries(layers))(
  '%s: output, gradients and running statistics are those of PyTorch',
  async (name, layer) => {
    const wanted = golden[name]!
    const parameters = parametersOf(layer)
    expect([...parameters.keys()].sort()).toEqual(Object.keys(wanted.start).sort())
    for (const [path, parameter] of parameters) {
      expect(parameter.shape).toEqual(wanted.start[path]!.shape)
      ;(parameter.data as Float32Array).set(wanted.start[path]!.data)
    }
    const updates: StateUpdate[] = []
    const mode: Mode = name.endsWith('inference')
      ? { kind: 'inference' }
      : trainingMode({ updates })
    const x = input('x', wanted.x.shape)
    const y = layer.apply(x, mode)
    const learned = [...parameters].filter(([, { role }]) => role === 'weight')
    const loss = reduceSum(mul(y, constant(single(wanted.r))))
    const slopes = gradients(loss, [x, ...learned.map(([, parameter]) => parameter)])
    const paths = ['x', ...learned.map(([path]) => path)]
    const ends = updates.map(({ state, next }) => {
      const path = [...parameters].find(([, parameter]) => parameter === state)![0]
      return [`end ${path}`, next] as const
    })
    const found: Record<string, Tensor> = await evaluate(
      {
        y,
        ...Object.fromEntries(paths.map((path, i) => [`d ${path}`, slopes[i]!])),
        ...Object.fromEntries(ends),
      },
      { x: single(wanted.x) },
      { threads: 1 },
    )
    expect(found.y!.shape).toEqual(wanted.y.shape)
    // over two values the gradient by x is what is left of terms a thousand times as large
    const tolerance = name.includes('two values') ? 3e-3 : 5e-6
    expectClose(found.y!, wanted.y, 3e-6, 'y')
    for (const path of paths)
      expectClose(found[`d ${path}`]!, wanted.gradients[path]!, tolerance, path)
    for (const [path] of ends) expectClose(found[path]!, wanted.end[path.slice(4)]!, 2e-6, path)
    const statistics = [...parameters.values()].filter(({ role }) => role === 'statistic')
    expect(ends).toHaveLength(mode.kind === 'training' ? statistics.length : 0)
  },
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

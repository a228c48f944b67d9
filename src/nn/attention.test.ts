import { expect, test } from 'vitest'
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
import { add, concat, input, slice, type Value, writeModel } from '../onnx/index.ts'
import { evaluate, openSession } from '../runtime/index.ts'
import { type Tensor, tensor } from '../tensor/index.ts'
import { causalBias, paddingBias } from './attention-bias.ts'
import { Embedding } from './embedding.ts'
import { LayerNorm } from './layer-norm.ts'
import { MultiHeadAttention } from './multi-head-attention.ts'
import {
  type BlockInputs,
  TransformerBlock,
  type TransformerBlockOptions,
} from './transformer-block.ts'

const golden = await readGolden('attention')
const rng = rngFromSeed(1)
type Bias = (inputs: Readonly<Record<string, Value>>) => Value

function attention(bias?: Bias): GoldenPass {
  const layer = new MultiHeadAttention({ dimension: 6, heads: 2 }, rng)
  return {
    layer,
    apply: (inputs) => layer.attend({ queries: inputs.x!, ...(bias && { bias: bias(inputs) }) }),
    dtypes: { present: 'bool' },
  }
}

function block(options: Partial<TransformerBlockOptions>, inputs?: BlockInputs): GoldenPass {
  const layer = new TransformerBlock({ dimension: 6, heads: 2, hidden: 8, ...options }, rng)
  return { layer, apply: ({ x }, mode) => layer.apply(x!, mode, inputs) }
}

const cross = new MultiHeadAttention({ dimension: 6, heads: 3 }, rng)
const embedding = new Embedding({ count: 6, dimension: 3 }, rng)
const passes: Record<string, GoldenPass> = {
  LayerNorm: passOf(new LayerNorm({ dimension: 5 })),
  Embedding: {
    layer: embedding,
    apply: ({ numbers }) => embedding.apply(numbers!),
    dtypes: { numbers: 'int64' },
  },
  self: attention(),
  cross: { layer: cross, apply: ({ q, m }) => cross.attend({ queries: q!, memory: m! }) },
  padding: attention(({ present }) => paddingBias(present!)),
  'causal and padding': attention(({ present }) => add(paddingBias(present!), causalBias(4))),
  pre: block({}),
  post: block({ order: 'post', epsilon: 1e-6 }),
  'block, causal': block({}, { bias: causalBias(4) }),
}

test('every golden layer is compared', () => {
  expect(Object.keys(passes).sort()).toEqual(Object.keys(golden).sort())
})

test.each(Object.entries(passes))('%s: output and gradients are those of PyTorch', (name, pass) =>
  checkGolden(golden[name]!, pass),
)

test('without a bias attention does not see in which order its memory stands', async () => {
  const layer = new MultiHeadAttention({ dimension: 4, heads: 2 }, rngFromSeed(2))
  const [queries, memory] = [input('queries', [3, 2, 4]), input('memory', [2, 2, 4])]
  const reversed = concat(
    [1, 0].map((i) => slice(memory, [{ axis: 0, start: i, end: i + 1 }])),
    0,
  )
  const found = await evaluate(
    {
      forth: layer.attend({ queries, memory }),
      back: layer.attend({ queries, memory: reversed }),
    },
    {
      queries: random('float32', queries.shape, rngFromSeed(3)),
      memory: random('float32', memory.shape, rngFromSeed(4)),
    },
  )
  expectClose(found.back, found.forth, 1e-6)
})

test('padding: what stands in it does not matter, and nothing but padding makes no NaN', async () => {
  const layer = new MultiHeadAttention({ dimension: 4, heads: 1 }, rngFromSeed(2))
  const x = input('x', [2, 2, 4])
  const present = input('present', [2, 2], 'bool')
  const y = layer.attend({ queries: x, bias: paddingBias(present) })
  const tokens = random('float32', x.shape, rngFromSeed(3))
  const changed = { ...tokens, data: tokens.data.map((v, i) => (i >= 8 && i < 12 ? 9 : v)) }
  const mask = (...data: number[]) => tensor('bool', [2, 2], Uint8Array.from(data))
  const session = await openSession(writeModel({ y }))
  try {
    const of = async (x: Tensor, present: Tensor) => (await session.run({ x, present })).y!.data
    // the second token of the first sequence: elements 8 to 11 of [L, N, D]
    const [a, b] = [await of(tokens, mask(1, 0, 1, 1)), await of(changed, mask(1, 0, 1, 1))]
    expect([...b].slice(0, 8)).toEqual([...a].slice(0, 8))
    expect([...(await of(tokens, mask(0, 0, 0, 0)))].every(Number.isFinite)).toBe(true)
  } finally {
    await session.close()
  }
})

test('causal: a token does not see later ones', async () => {
  const layer = new TransformerBlock({ dimension: 4, heads: 2 }, rngFromSeed(2))
  const x = input('x', [3, 1, 4])
  const mode = { kind: 'inference' } as const
  const all = layer.apply(x, mode, { bias: causalBias(3) })
  const two = layer.apply(slice(x, [{ axis: 0, start: 0, end: 2 }]), mode, { bias: causalBias(2) })
  const found = await evaluate({ all, two }, { x: random('float32', x.shape, rngFromSeed(3)) })
  expectClose([...found.all.data].slice(0, 8).map(Number), found.two, 1e-6)
})

test.each(['pre', 'post'] as const)(
  '%s: the first tokens alone are what they are among all',
  async (order) => {
    const layer = new TransformerBlock({ dimension: 4, heads: 2, order }, rngFromSeed(2))
    const x = input('x', [3, 2, 4])
    const mode = { kind: 'inference' } as const
    const found = await evaluate(
      { all: layer.apply(x, mode), first: layer.apply(x, mode, { first: 2 }) },
      { x: random('float32', x.shape, rngFromSeed(3)) },
    )
    expectClose(found.first, [...found.all.data].slice(0, 16).map(Number), 1e-6)
  },
)

test('heads that do not divide the dimension are refused', () => {
  expect(() => new MultiHeadAttention({ dimension: 6, heads: 4 }, rngFromSeed(1))).toThrow(
    /4 heads do not divide dimension 6/,
  )
})

test('dropout drops a share of what each part adds, in training alone', async () => {
  const sizes = { dimension: 4, heads: 2, dropout: 0.25 }
  const layer = new TransformerBlock(sizes, rngFromSeed(2))
  // the second part adds nothing, so that only the first is seen
  ;(layer.mlp.layers[1]!.weight.data as Float32Array).fill(0)
  const x = input('x', [64, 8, 4])
  const values = {
    training: layer.apply(x, trainingMode()),
    inference: layer.apply(x, { kind: 'inference' }),
  }
  const feeds = { x: random('float32', x.shape, rngFromSeed(3)) }
  const { training, inference } = await evaluate(values, feeds)
  const added = ({ data }: Tensor) =>
    [...(data as Float32Array)].map((y, i) => y - feeds.x.data[i]!)
  const [some, all] = [added(training), added(inference)]
  const dropped = some.filter((y, i) => y === 0 && all[i] !== 0).length
  expect(dropped / some.length).toBeCloseTo(0.25, 1)
  expectClose(
    some,
    all.map((y, i) => (some[i] === 0 ? 0 : y / 0.75)),
    1e-5,
  )
})

import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { checkGolden, type GoldenPass, readGolden } from '../../tests/support/golden-network.ts'
import { stillRng } from '../../tests/support/still-rng.ts'
import { rngFromSeed } from '../core/index.ts'
import { input, writeModel } from '../onnx/index.ts'
import { openSession } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import { countParameters } from './layer.ts'
import { TextCnn } from './text-cnn.ts'
import { TransformerEncoder, type TransformerEncoderOptions } from './transformer-encoder.ts'

const golden = await readGolden('text')
const small = { vocabulary: 7, length: 5, dimension: 6, depth: 2, heads: 2, hidden: 8 }
const encoder = (options: Partial<TransformerEncoderOptions> = {}) =>
  new TransformerEncoder({ ...small, ...options }, rngFromSeed(1))
const sizes = { vocabulary: 7, dimension: 4, widths: [2, 3], filters: 3, classes: 2, dropout: 0 }
const cnn = new TextCnn(sizes, rngFromSeed(1))

const dtypes = { tokens: 'int64', present: 'bool' } as const
function passOf(
  options: Partial<TransformerEncoderOptions>,
  what: 'apply' | 'features',
): GoldenPass {
  const layer = encoder(options)
  return {
    layer,
    apply: ({ tokens, present }, mode) =>
      layer[what](tokens!, mode, { ...(present && { present }) }),
    dtypes,
  }
}
const passes: Record<string, GoldenPass> = {
  TextCnn: { layer: cnn, apply: ({ tokens }, mode) => cnn.apply(tokens!, mode), dtypes },
  pre: passOf({}, 'apply'),
  'post, padding': passOf({ order: 'post' }, 'apply'),
  causal: passOf({ causal: true }, 'apply'),
  mean: passOf({}, 'features'),
  'mean, padding': passOf({}, 'features'),
  'last, causal and padding': passOf({ causal: true, pooling: 'last' }, 'features'),
  first: passOf({ order: 'post', pooling: 'first' }, 'features'),
}

test('every golden network is compared', () => {
  expect(Object.keys(passes).sort()).toEqual(Object.keys(golden).sort())
})

test.each(Object.entries(passes))('%s: output and gradients are those of PyTorch', (name, pass) =>
  checkGolden(golden[name]!, pass),
)

test.each(['first', 'last', 'mean'] as const)(
  '%s: how far a text is padded does not change it, and it is served beside any number of others',
  async (pooling) => {
    const net = encoder({ pooling })
    const mode = { kind: 'inference' } as const
    const tokens = input('tokens', [2, 5], 'int64')
    const present = input('present', [2, 5], 'bool')
    const short = input('short', [2, 3], 'int64')
    const values = {
      padded: net.features(tokens, mode, { present }),
      alone: net.features(short, mode),
    }
    const session = await openSession(writeModel(values, { freeBatch: 'N' }))
    const numbers = (...of: number[]) =>
      tensor('int64', [1, of.length], BigInt64Array.from(of, BigInt))
    try {
      const { padded, alone } = await session.run({
        tokens: numbers(4, 2, 6, 1, 1),
        present: tensor('bool', [1, 5], Uint8Array.of(1, 1, 1, 0, 0)),
        short: numbers(4, 2, 6),
      })
      expect(padded!.shape).toEqual([1, 6])
      expectClose(padded!, alone!, 2e-6)
    } finally {
      await session.close()
    }
  },
)

test('TextCnn keeps the largest answer wherever it comes', async () => {
  const tokens = input('tokens', [2, 8], 'int64')
  const y = cnn.apply(tokens, { kind: 'inference' })
  const session = await openSession(writeModel({ y }))
  try {
    // the same three tokens among one other, early and late
    const feeds = tensor(
      'int64',
      [2, 8],
      BigInt64Array.from([0, 0, 3, 4, 5, 0, 0, 0, 0, 0, 0, 3, 4, 5, 0, 0], BigInt),
    )
    const { data } = (await session.run({ tokens: feeds })).y!
    expectClose([...data].slice(0, 2).map(Number), [...data].slice(2).map(Number), 1e-6)
  } finally {
    await session.close()
  }
})

test('TextCnn of Kim 2014 has three times 100 filters over vectors of 300', () => {
  const filters = (3 + 4 + 5) * 300 * 100 + 300
  const net = new TextCnn({ vocabulary: 10, classes: 2 }, stillRng)
  expect(countParameters(net)).toBe(10 * 300 + filters + 300 * 2 + 2)
})

test('texts that are too long or too short are refused', () => {
  const mode = { kind: 'inference' } as const
  const texts = (length: number) => input('tokens', [1, length], 'int64')
  expect(() => encoder().apply(texts(6), mode)).toThrow(/texts of 6 tokens, at most 5/)
  expect(() => cnn.apply(texts(2), mode)).toThrow(/texts of 2 tokens, the longest filter sees 3/)
})

import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import {
  checkGolden,
  type GoldenNetwork,
  type GoldenPass,
  passOf,
  readGolden,
} from '../../tests/support/golden-network.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { stillRng } from '../../tests/support/still-rng.ts'
import { rngFromSeed } from '../core/index.ts'
import { input, writeModel } from '../onnx/index.ts'
import { openSession } from '../runtime/index.ts'
import { countParameters } from './layer.ts'
import {
  VisionTransformer,
  type VisionTransformerOptions,
  visionTransformerSizes,
} from './vision-transformer.ts'

const { parameters, ...golden } = await readGolden<GoldenNetwork & Record<string, number>>(
  'vision_transformer',
)
const small = { size: [4, 6], patch: 2, dimension: 6, depth: 2, heads: 2 } as const
const net = (options: Partial<VisionTransformerOptions> = {}) =>
  new VisionTransformer({ ...small, ...options }, rngFromSeed(1))
const withTokens = net({ registers: 2 })
const passes: Record<string, GoldenPass> = {
  class: passOf(net({ classes: 3 })),
  mean: passOf(net({ classes: 2, pooling: 'mean' })),
  DINOv2: passOf(net({ registers: 2, layerScale: 1e-5 })),
  'mean, registers': passOf(net({ pooling: 'mean', registers: 1 })),
  tokens: { layer: withTokens, apply: ({ x }, mode) => withTokens.tokens(x!, mode) },
}

test('every golden network is compared', () => {
  expect(Object.keys(passes).sort()).toEqual(Object.keys(golden).sort())
})

test.each(Object.entries(passes))('%s: output and gradients are those of PyTorch', (name, pass) =>
  checkGolden(golden[name]!, pass),
)

test.each(['small', 'base'] as const)('ViT-%s/16 has as many parameters as timm', (name) => {
  const options = { ...visionTransformerSizes[name], size: 224, patch: 16, classes: 1000 }
  expect(countParameters(new VisionTransformer(options, stillRng))).toBe(parameters![name])
})

test('a served network takes pictures of any number and gives each what it gets alone', async () => {
  const pictures = input('pictures', [3, 3, 4, 6])
  const mode = { kind: 'inference' } as const
  const [encoder, mean] = [net({ registers: 1 }), net({ pooling: 'mean' })]
  const values = {
    features: encoder.apply(pictures, mode),
    tokens: encoder.tokens(pictures, mode),
    mean: mean.apply(pictures, mode),
  }
  const served = await openSession(writeModel(values, { freeBatch: 'N' }))
  try {
    const all = random('float32', pictures.shape, rngFromSeed(3))
    const found = await served.run({ pictures: all })
    const second = { ...all, shape: [1, 3, 4, 6], data: all.data.slice(72, 144) }
    const alone = await served.run({ pictures: second })
    for (const name of Object.keys(values)) {
      const { data, shape } = alone[name]!
      const among = (found[name]!.data as Float32Array).slice(data.length, 2 * data.length)
      expect(shape).toEqual([1, ...found[name]!.shape.slice(1)])
      expectClose(data, among, 1e-6, name)
    }
    // the class token stands first
    const first = [0, 1, 2].flatMap((n) => [...found.tokens!.data].slice(n * 48, n * 48 + 6))
    expectClose(found.features!, first.map(Number), 1e-6)
  } finally {
    await served.close()
  }
})

test('pictures of another size than the positions are refused, not placed elsewhere', () => {
  for (const options of [{}, { pooling: 'mean' }, { registers: 2 }] as const)
    for (const [height, width] of [
      [2, 6],
      [6, 4],
      [8, 6],
    ])
      expect(() =>
        net(options).apply(input('x', [1, 3, height!, width!]), { kind: 'inference' }),
      ).toThrow(`pictures [1, 3, ${height}, ${width}], its positions are those of 4 x 6 pixels`)
})

test('pictures that are no multiple of the patch are refused', () => {
  expect(() => net({ size: 5 })).toThrow(/patches of 2 pixels do not fit into 5 x 5/)
  expect(() => net().apply(input('x', [1, 3, 5, 6]), { kind: 'inference' })).toThrow(
    /squares of 2 pixels/,
  )
})

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
import { trainingMode } from '../../tests/support/training-mode.ts'
import { rngFromSeed } from '../core/index.ts'
import { input, writeModel } from '../onnx/index.ts'
import { evaluate, openSession } from '../runtime/index.ts'
import { Bottleneck } from './bottleneck.ts'
import { countParameters, type Layer } from './layer.ts'
import { ResNet, type ResNetOptions, resNetSizes } from './res-net.ts'
import { ResidualBlock } from './residual-block.ts'

const { parameters, ...golden } = await readGolden<GoldenNetwork & Record<string, number>>(
  'res_net',
)
const rng = rngFromSeed(1)
/** What batch normalisation takes away from a gradient is up to a thousand times what it leaves. */
const roughly = (layer: Layer): GoldenPass => ({ ...passOf(layer), tolerance: 2e-4 })
const pass = (options: ResNetOptions): GoldenPass => roughly(new ResNet(options, rng))
const passes: Record<string, GoldenPass> = {
  basic: pass({ block: 'basic', blocks: [1, 2], width: 2, classes: 5 }),
  'basic, inference': {
    ...pass({ block: 'basic', blocks: [2], width: 3, classes: 2 }),
    kind: 'inference',
  },
  bottleneck: pass({ block: 'bottleneck', blocks: [2, 1], width: 2, classes: 3 }),
  'ResidualBlock, stride 2': roughly(new ResidualBlock({ inputs: 2, channels: 3, stride: 2 }, rng)),
  'Bottleneck, stride 2': roughly(new Bottleneck({ inputs: 3, channels: 2, stride: 2 }, rng)),
  Bottleneck: roughly(new Bottleneck({ channels: 2 }, rng)),
}

test('every golden network is compared', () => {
  expect(Object.keys(passes).sort()).toEqual(Object.keys(golden).sort())
})

test.each(Object.entries(passes))(
  '%s: output, gradients and running statistics are those of PyTorch',
  (name, pass) => checkGolden(golden[name]!, pass),
)

test.each([18, 34, 50, 101] as const)(
  'ResNet-%i has as many parameters as torchvision',
  (depth) => {
    const net = new ResNet({ ...resNetSizes[depth], classes: 1000 }, stillRng)
    expect(countParameters(net)).toBe(parameters![depth])
  },
)

test('without classes the features come out, of pictures of any number', async () => {
  const options = { block: 'basic', blocks: [1, 1], width: 4 } as const
  const encoder = new ResNet(options, rngFromSeed(2))
  expect(encoder.dimension).toBe(8)
  const pictures = input('pictures', [3, 3, 20, 20])
  const mode = { kind: 'inference' } as const
  const served = await openSession(
    writeModel(
      { y: encoder.apply(pictures, mode), features: encoder.features(pictures, mode) },
      { freeBatch: 'N' },
    ),
  )
  try {
    const all = random('float32', pictures.shape, rngFromSeed(3))
    const { y, features } = await served.run({ pictures: all })
    expect(y).toEqual(features)
    const size = all.data.length / 3
    const second = { ...all, shape: [1, 3, 20, 20], data: all.data.slice(size, 2 * size) }
    const alone = await served.run({ pictures: second })
    expect(alone.y!.shape).toEqual([1, 8])
    expectClose(alone.y!, (y!.data as Float32Array).slice(8, 16), 1e-6)
  } finally {
    await served.close()
  }
})

test('blocks that start as the identity leave each stage its shortcut', async () => {
  const options = { block: 'bottleneck', width: 2 } as const
  const x = input('x', [2, 3, 16, 16])
  const [short, long] = [[1], [3]].map((blocks) =>
    new ResNet({ ...options, blocks }, rngFromSeed(4)).apply(x, trainingMode()),
  )
  const feeds = { x: random('float32', x.shape, rngFromSeed(5)) }
  const found = await evaluate({ short: short!, long: long! }, feeds)
  expectClose(found.long, found.short, 1e-6)
})

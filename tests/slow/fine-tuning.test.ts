import { beforeAll, describe, expect, test } from 'vitest'
import { rngFromSeed } from '../../src/core/index.ts'
import { decodeImage, picturesToTensor, readGroceryStore } from '../../src/data/index.ts'
import { importNetwork, Linear } from '../../src/nn/index.ts'
import { type Parameter, writeModel } from '../../src/onnx/index.ts'
import { evaluate, openSession } from '../../src/runtime/index.ts'
import { type Tensor, tensor } from '../../src/tensor/index.ts'
import { expectClose } from '../support/expect-close.ts'
import { fineTune, labelsOf } from '../support/fine-tune.ts'
import { realFile } from '../support/real-data.ts'

const model = realFile('models', 'mobilenet-v1-1.0-224-dw13.onnx')
const grocery = realFile('data', 'grocery')
const inference = { kind: 'inference' } as const

describe.skipIf(model.missing || grocery.missing)(
  'MobileNet on photos of six kinds of apples',
  () => {
    let pixels: Tensor
    let classes: readonly number[]
    beforeAll(async () => {
      const { train } = await readGroceryStore(grocery.path)
      const photos = [0, 1, 2, 3, 4, 5].flatMap((kind) =>
        train.filter(({ classId }) => classId === kind).slice(0, 4),
      )
      const pictures = await Promise.all(photos.map(({ path }) => decodeImage(path)))
      const half = [0.5, 0.5, 0.5] as const
      const data = await picturesToTensor(pictures, {
        size: 224,
        fit: 'stretch',
        mean: half,
        std: half,
      })
      pixels = tensor('float32', [photos.length, 3, 224, 224], data)
      classes = photos.map(({ classId }) => classId)
    })

    /** Ten steps on all photos. */
    async function learn(trainable: 'all' | 'none') {
      const network = await importNetwork(model.path, {
        inputs: { pixels: pixels.shape },
        trainable,
        batchNormalization: 'batch',
      })
      const head = new Linear({ inputs: 1024, outputs: 6 }, rngFromSeed(2))
      const batch = () => ({ pixels, labels: labelsOf(...classes) })
      const { losses } = await fineTune({ network, head, batch, steps: 10, rate: 0.001 })
      return { network, head, losses }
    }

    test('trained as a whole it tells them apart, where a head on its frozen features cannot yet', async () => {
      const frozen = await learn('none')
      const { network, head, losses } = await learn('all')
      expect(frozen.losses.at(-1)!).toBeGreaterThan(1)
      expect(losses.at(-1)!).toBeLessThan(0.1)

      const logits = head.apply(network.apply(network.inputs, inference))
      const parameterNames = new Map<Parameter, string>([
        [head.weight, 'head.weight'],
        [head.bias, 'head.bias'],
      ])
      for (const [name, one] of network.parameters) parameterNames.set(one, name)
      const freeAxes = { ...network.freeAxes, logits: ['batch', null] }
      const session = await openSession(writeModel({ logits }, { parameterNames, freeAxes }))
      try {
        const served = await session.run({ pixels })
        expectClose(served.logits!, (await evaluate({ logits }, { pixels })).logits, 1e-5)
        const rows = classes.map((_, i) =>
          Array.from(served.logits!.data.slice(6 * i, 6 * i + 6), Number),
        )
        const right = rows.filter((row, i) => row.indexOf(Math.max(...row)) === classes[i])
        expect(right.length).toBeGreaterThan(20)
        const one = tensor(
          'float32',
          [1, 3, 224, 224],
          (pixels.data as Float32Array).slice(0, 3 * 224 ** 2),
        )
        const alone = await session.run({ pixels: one })
        expectClose(alone.logits!, rows[0]!, 1e-4)
      } finally {
        await session.close()
      }
    })
  },
)

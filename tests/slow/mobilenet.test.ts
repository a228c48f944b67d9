import { describe, expect, test } from 'vitest'
import { gradients } from '../../src/autodiff/index.ts'
import { rngFromSeed } from '../../src/core/index.ts'
import { constant, mul, readModel, reduceSum, toValues, writeModel } from '../../src/onnx/index.ts'
import { measureShapes, openSession } from '../../src/runtime/index.ts'
import { type Tensor, tensor } from '../../src/tensor/index.ts'
import { expectClose } from '../support/expect-close.ts'
import { random } from '../support/random-tensor.ts'
import { realFile } from '../support/real-data.ts'

// A network from elsewhere: MobileNet v1, depthwise convolutions, batch normalisation, Clip.
const { path, missing } = realFile('models', 'mobilenet-v1-1.0-224-dw13.onnx')
const pixels = random('float32', [2, 3, 224, 224], rngFromSeed(3))

describe.skipIf(missing)('MobileNet v1', () => {
  test('read and written again it computes the same features', async () => {
    const graph = await readModel(path)
    expect(graph.opset).toBe(17)
    expect(graph.inputs).toEqual([
      { name: 'pixels', dtype: 'float32', shape: [expect.any(String), 3, 224, 224] },
    ])
    const { outputs, parameters } = toValues(graph, await measureShapes(graph, { pixels }))
    const roles = [...parameters.values()].map(({ role }) => role)
    // 26 convolutions, each with scale, shift, mean and variance; 0 and 6 of Clip are no parameters
    expect(roles.filter((role) => role === 'weight')).toHaveLength(3 * 26)
    expect(roles.filter((role) => role === 'statistic')).toHaveLength(2 * 26)
    const parameterNames = new Map([...parameters].map(([name, parameter]) => [parameter, name]))
    const again = writeModel(outputs, { parameterNames, freeBatch: 'N' })
    const found: Tensor[] = []
    for (const model of [path, again]) {
      const session = await openSession(model)
      const one = tensor('float32', [1, 3, 224, 224], pixels.data.slice(0, 3 * 224 * 224))
      found.push(
        (await session.run({ pixels })).features!,
        (await session.run({ pixels: one })).features!,
      )
      await session.close()
    }
    expect(found.map(({ shape }) => shape)).toEqual([
      [2, 1024],
      [1, 1024],
      [2, 1024],
      [1, 1024],
    ])
    expect(found[2]!.data).toEqual(found[0]!.data)
    expect(found[3]!.data).toEqual(found[1]!.data)
  })

  // Along the gradient itself the slope is |g|, far above the rounding of float32 and the bends of
  // thousands of Clips; a wrong g would point elsewhere, and the difference would be smaller.
  test.each([
    'conv1/kernel',
    'conv_pw_3_bn/beta',
    'conv_dw_2/depthwise_kernel',
    'conv_dw_7_bn/gamma',
    'conv_pw_12/kernel',
  ])('the slope by %s along its gradient is that of a difference', async (name) => {
    const graph = await readModel(path)
    const small = tensor('float32', [1, 3, 224, 224], pixels.data.slice(0, 3 * 224 * 224))
    const { outputs, parameters } = toValues(graph, await measureShapes(graph, { pixels: small }))
    const weight = parameters.get(name)!
    const r = random('float32', [1, 1024], rngFromSeed(5))
    const loss = reduceSum(mul(outputs.features!, constant(r)))
    const model = writeModel(
      { features: outputs.features!, slope: gradients(loss, [weight])[0]! },
      { parameterInputs: new Map([[weight, 'weight']]) },
    )
    const session = await openSession(model)
    try {
      const start = weight.data as Float32Array
      const { slope } = await session.run({ pixels: small, weight }, ['slope'])
      const length = lengthOf(slope!.data as Float32Array)
      const direction = Float64Array.from(slope!.data as Float32Array, (x) => x / length)
      const projected = async (h: number) => {
        const moved = Float32Array.from(start, (x, i) => x + h * direction[i]!)
        const feeds = { pixels: small, weight: tensor('float32', weight.shape, moved) }
        const { features } = await session.run(feeds, ['features'])
        return r.data.reduce((sum, x, i) => sum + x * Number(features!.data[i]), 0)
      }
      const h = 0.01 / length
      expectClose([((await projected(h)) - (await projected(-h))) / (2 * h)], [length], 0.03)
    } finally {
      await session.close()
    }
  })
})

const lengthOf = (values: Float32Array): number =>
  Math.sqrt(values.reduce((sum, x) => sum + x * x, 0))

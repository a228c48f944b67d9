import { describe, expect, test } from 'vitest'
import { rngFromSeed } from '../../src/core/index.ts'
import { readModel, toValues, writeModel } from '../../src/onnx/index.ts'
import { measureShapes, openSession } from '../../src/runtime/index.ts'
import { type Tensor, tensor } from '../../src/tensor/index.ts'
import { checkSlope } from '../support/check-slope.ts'
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
    await checkSlope({
      output: outputs.features!,
      weight: parameters.get(name)!,
      feeds: { pixels: small },
      tolerance: 0.03,
    })
  })
})

import { AttributeProto_AttributeType as Kind, TensorProto_DataType as Type } from 'onnx-buf'
import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { floats, modelBytes, type TensorInit, weight } from '../../tests/support/model-bytes.ts'
import { rngFromSeed } from '../core/index.ts'
import { openSession } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import { readModel } from './read.ts'

const rng = rngFromSeed(11)
const bytes = (length: number) => Uint8Array.from({ length }, () => rng.integer(256))
const scales = (...dims: number[]): TensorInit => {
  const size = dims.reduce((a, b) => a * b, 1)
  const floatData = Array.from({ length: size }, () => rng.between(0.01, 1))
  return weight({ name: 's', dims: dims.map(BigInt), floatData })
}
const stored = (name: string, dataType: Type, dims: number[], bits: number): TensorInit => {
  const size = dims.reduce((a, b) => a * b, 1)
  return { name, dataType, dims: dims.map(BigInt), rawData: bytes(Math.ceil((size * bits) / 8)) }
}
const int = (name: string, value: number) => ({ name, type: Kind.INT, i: BigInt(value) })

const cases: [string, TensorInit[], ReturnType<typeof int>[]][] = [
  ['int8, one scale', [stored('q', Type.INT8, [3, 4], 8), scales()], []],
  [
    'uint8 around a zero point, a scale for each row',
    [stored('q', Type.UINT8, [3, 4], 8), scales(3), stored('z', Type.UINT8, [3], 8)],
    [int('axis', 0)],
  ],
  [
    'int8, a scale for each of the last axis',
    [stored('q', Type.INT8, [2, 3, 4], 8), scales(4), stored('z', Type.INT8, [4], 8)],
    [int('axis', -1)],
  ],
  ['int16', [stored('q', Type.INT16, [3, 5], 16), scales(5), stored('z', Type.INT16, [5], 16)], []],
  ['int32, as biases are', [stored('q', Type.INT32, [7], 32), scales()], []],
  [
    'uint4 in blocks of 3, the last one shorter',
    [stored('q', Type.UINT4, [2, 7, 3], 4), scales(2, 3, 3), stored('z', Type.UINT4, [2, 3, 3], 4)],
    [int('axis', 1), int('block_size', 3)],
  ],
  ['int4, an odd number of them', [stored('q', Type.INT4, [5, 3], 4), scales()], []],
]

test.each(cases)('%s is what onnxruntime makes of it', async (_, initializer, attribute) => {
  const rank = initializer[0]!.dims!.length
  const model = modelBytes(
    {
      input: [floats('x')],
      output: [
        { name: 'y', type: { value: { case: 'tensorType', value: { elemType: Type.FLOAT } } } },
      ],
      initializer,
      node: [
        {
          opType: 'DequantizeLinear',
          input: initializer.map(({ name }) => name!),
          output: ['w'],
          attribute,
        },
        { opType: 'Add', input: ['w', 'x'], output: ['y'] },
      ],
    },
    { irVersion: 10n, opsetImport: [{ version: 21n }] },
  )
  const { nodes, initializers } = await readModel(model)
  expect(nodes.map(({ op }) => op)).toEqual(['Add'])
  expect([...initializers.keys()]).toEqual(['w'])
  const session = await openSession(model)
  try {
    const { y } = await session.run({ x: tensor('float32', [], Float32Array.of(0)) })
    expect(y!.shape).toHaveLength(rank)
    expect(initializers.get('w')).toMatchObject({ dtype: y!.dtype, shape: y!.shape })
    // onnxruntime rounds integers of 32 bits before it multiplies them
    expectClose(initializers.get('w')!, y!, 1e-7)
  } finally {
    await session.close()
  }
})

test('scales that do not belong to the weights are refused', async () => {
  const model = modelBytes({
    initializer: [stored('q', Type.INT8, [3, 4], 8), scales(5)],
    node: [
      { opType: 'DequantizeLinear', input: ['q', 's'], output: ['w'] },
      { opType: 'Add', input: ['w', 'x'], output: ['y'] },
    ],
  })
  await expect(readModel(model)).rejects.toThrow(
    /initializer "q" of shape \[3, 4\] has scales of shape \[5\] along axis 1/,
  )
})

test('what is quantised on the way has no gradient and is refused', async () => {
  const node = { opType: 'DequantizeLinear', input: ['x', 's'], output: ['y'] }
  const model = modelBytes({ initializer: [scales()], node: [node] })
  await expect(readModel(model)).rejects.toThrow(
    /DequantizeLinear "y" computes with quantised numbers.*not quantised/,
  )
})

test('a zero point that is computed is not taken for none', async () => {
  const model = modelBytes(
    {
      initializer: [stored('q', Type.INT8, [2], 8), scales()],
      node: [
        { opType: 'Cast', input: ['x'], output: ['z'], attribute: [int('to', Type.INT8)] },
        { opType: 'DequantizeLinear', input: ['q', 's', 'z'], output: ['y'] },
      ],
    },
    { irVersion: 10n, opsetImport: [{ version: 21n }] },
  )
  await expect(readModel(model)).rejects.toThrow(/initializer "q" is int8.*not quantised/)
})

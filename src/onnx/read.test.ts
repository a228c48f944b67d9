import { readFileSync } from 'node:fs'
import { mkdtemp, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { TensorProto_DataType as Type } from 'onnx-buf'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { floats, modelBytes, weight } from '../../tests/support/model-bytes.ts'
import { withQuantisedMatrices } from '../../tests/support/stored-precision.ts'
import { torchExports } from '../../tests/support/torch-export.ts'
import { AppError } from '../core/index.ts'
import { sizeOf, tensor } from '../tensor/index.ts'
import { conv, gemm } from './operators/index.ts'
import { readModel } from './read.ts'
import { input, parameter } from './value.ts'
import { writeModel } from './write.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-read-'))
})
afterEach(() => rm(folder, { recursive: true }))

test('a model is read as plain data', async () => {
  const graph = await readModel(modelBytes())
  expect(graph).toEqual({
    opset: 17,
    inputs: [{ name: 'x', dtype: 'float32', shape: ['N', 2] }],
    outputs: [{ name: 'y', dtype: 'float32', shape: ['N', 2] }],
    nodes: [
      { name: '', op: 'Add', domain: '', inputs: ['x', 'w'], outputs: ['y'], attributes: {} },
    ],
    initializers: new Map([['w', tensor('float32', [2], Float32Array.of(1, 2))]]),
  })
})

test('what writeModel wrote is read back, attributes and all', async () => {
  const w = parameter(tensor('float32', [1, 2, 1, 1], Float32Array.of(1, 2)))
  const y = conv(input('x', [1, 2, 4, 4]), w, { strides: [2, 2], pads: [1, 0, 1, 0] })
  const graph = await readModel(writeModel({ y }, { parameterNames: new Map([[w, 'kernel']]) }))
  expect(graph.initializers.get('kernel')).toEqual(
    tensor('float32', [1, 2, 1, 1], Float32Array.of(1, 2)),
  )
  expect(graph.nodes[0]!.attributes).toEqual({
    strides: { type: 'ints', value: [2, 2] },
    pads: { type: 'ints', value: [1, 0, 1, 0] },
    dilations: { type: 'ints', value: [1, 1] },
    kernel_shape: { type: 'ints', value: [1, 1] },
    group: { type: 'int', value: 1 },
  })
  const z = gemm(input('a', [2, 3]), input('b', [3, 2]), { alpha: 0.5 })
  const [node] = (await readModel(writeModel({ z }))).nodes
  expect(node!.attributes.alpha).toEqual({ type: 'float', value: 0.5 })
})

test('every dtype is read from raw bytes and from typed fields alike', async () => {
  const raw = (array: ArrayBufferView) =>
    new Uint8Array(array.buffer as ArrayBuffer, array.byteOffset, array.byteLength)
  const cases = [
    ['float32', Type.FLOAT, Float32Array.of(1.5, -2), { floatData: [1.5, -2] }],
    ['float64', Type.DOUBLE, Float64Array.of(1 / 3, -2), { doubleData: [1 / 3, -2] }],
    ['int32', Type.INT32, Int32Array.of(-7, 8), { int32Data: [-7, 8] }],
    ['int64', Type.INT64, BigInt64Array.of(-(2n ** 60n), 3n), { int64Data: [-(2n ** 60n), 3n] }],
    ['uint8', Type.UINT8, Uint8Array.of(0, 255), { int32Data: [0, 255] }],
    ['bool', Type.BOOL, Uint8Array.of(0, 1), { int32Data: [0, 1] }],
  ] as const
  for (const [dtype, dataType, data, typed] of cases)
    for (const stored of [{ rawData: raw(data) }, typed]) {
      const bytes = modelBytes({ initializer: [weight({ dataType, ...(stored as object) })] })
      expect((await readModel(bytes)).initializers.get('w')).toEqual({ dtype, shape: [2], data })
    }
})

test('an initializer that an old file lists as an input is none', async () => {
  const bytes = modelBytes({ input: [floats('x', 'N', 2), floats('w', 2)] }, { irVersion: 3n })
  expect((await readModel(bytes)).inputs.map(({ name }) => name)).toEqual(['x'])
})

test('nodes come out in an order in which they can be computed', async () => {
  const node = (output: string, ...inputs: string[]) => ({
    opType: 'Add',
    input: inputs,
    output: [output],
  })
  const { nodes } = await readModel(
    modelBytes({ node: [node('y', 'b', 'a'), node('b', 'a', 'w'), node('a', 'x', 'x')] }),
  )
  expect(nodes.map(({ outputs }) => outputs[0])).toEqual(['a', 'b', 'y'])
})

test('a deep graph needs no deep stack', async () => {
  const depth = 20_000
  const node = Array.from({ length: depth }, (_, i) => ({
    opType: 'Add',
    input: [i === depth - 1 ? 'x' : `v${i + 1}`, 'w'],
    output: [i === 0 ? 'y' : `v${i}`],
  }))
  expect((await readModel(modelBytes({ node }))).nodes).toHaveLength(depth)
})

test('a file that is none, no model or cut off is named', async () => {
  const path = join(folder, 'm.onnx')
  await expect(readModel(path)).rejects.toMatchObject({
    code: 'NotFound',
    message: expect.stringContaining('m.onnx'),
  })
  await expect(readModel(folder)).rejects.toThrow(/is not a file/)
  for (const words of ['', 'hello', '\x89PNG\r\n\x1a\n', '<svg/>']) {
    await writeFile(path, words)
    await expect(readModel(path)).rejects.toMatchObject({
      code: 'InvalidInput',
      message: expect.stringMatching(/m\.onnx: is not an ONNX model/),
    })
  }
})

const changed = [
  ['one node', modelBytes({ initializer: [weight({ rawData: new Uint8Array(8).fill(1) })] }), 500],
  ['a transformer', readFileSync(join(torchExports, 'text-14.onnx')), 60],
  [
    'quantised weights',
    withQuantisedMatrices(readFileSync(join(torchExports, 'res-net-11.onnx'))),
    60,
  ],
] as const
test.each(changed)(
  'bytes of %s cut off or changed anywhere give a model or a clear error, never another',
  (_, whole, numRuns) =>
    fc.assert(
      fc.asyncProperty(
        fc.oneof(fc.constant(whole.length), fc.nat(whole.length)),
        fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { maxLength: 8 }),
        async (length, changes) => {
          const bytes = Uint8Array.from(whole.subarray(0, length))
          for (const [place, byte] of changes) if (place < length) bytes[place] = byte
          try {
            const graph = await readModel(bytes)
            for (const { shape, data } of graph.initializers.values())
              expect(data.length).toBe(sizeOf(shape))
          } catch (error) {
            expect(error).toBeInstanceOf(AppError)
          }
        },
      ),
      { numRuns },
    ),
)

test('a file cut off while it is copied is refused', async () => {
  const path = join(folder, 'm.onnx')
  const whole = modelBytes()
  await writeFile(path, whole)
  await truncate(path, Math.floor(whole.length / 2))
  await expect(readModel(path)).rejects.toThrow(/or only part of one/)
})

import { AttributeProto_AttributeType as Kind, TensorProto_DataType as Type } from 'onnx-buf'
import { expect, test } from 'vitest'
import { floats, modelBytes, type TensorInit, weight } from '../../tests/support/model-bytes.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import { measureShapes, openSession } from '../runtime/index.ts'
import { type Tensor, tensor } from '../tensor/index.ts'
import { readModel } from './read.ts'
import { toValues } from './to-values.ts'
import { writeModel } from './write.ts'

const ints = (name: string, ...values: number[]) => ({
  name,
  type: Kind.INTS,
  ints: values.map(BigInt),
})
const int = (name: string, value: number) => ({ name, type: Kind.INT, i: BigInt(value) })
const float = (name: string, f: number) => ({ name, type: Kind.FLOAT, f })
const text = (name: string, value: string) => ({
  name,
  type: Kind.STRING,
  s: new TextEncoder().encode(value),
})
type AttributeInit = ReturnType<typeof ints | typeof int | typeof float | typeof text>

interface Old {
  readonly op: string
  readonly opset: number
  readonly shape: readonly number[]
  readonly attributes?: readonly (
    | AttributeInit
    | { readonly name: string; readonly t: TensorInit }
  )[]
  /** Initializers that follow the input. */
  readonly more?: readonly TensorInit[]
  readonly outputs?: number
}

const kernel = weight({
  name: 'kernel',
  dims: [1n, 2n, 3n, 2n],
  floatData: Array.from({ length: 12 }, (_, i) => i - 5),
})
const same = (mode: string, ...more: AttributeInit[]) => [text('auto_pad', mode), ...more]

const olds: Old[] = [
  {
    op: 'ReduceSum',
    opset: 11,
    shape: [2, 3, 2],
    attributes: [ints('axes', 1), int('keepdims', 0)],
  },
  { op: 'ReduceSum', opset: 11, shape: [2, 3] },
  { op: 'ReduceMean', opset: 13, shape: [2, 3, 2], attributes: [ints('axes', -1, 0)] },
  { op: 'ReduceMax', opset: 12, shape: [2, 3], attributes: [ints('axes', 0)] },
  { op: 'ReduceL2', opset: 17, shape: [2, 3], attributes: [ints('axes', 1), int('keepdims', 0)] },
  { op: 'Squeeze', opset: 11, shape: [1, 3, 1], attributes: [ints('axes', 0)] },
  { op: 'Squeeze', opset: 11, shape: [1, 3, 1] },
  { op: 'Unsqueeze', opset: 12, shape: [3], attributes: [ints('axes', 0, 2)] },
  { op: 'Split', opset: 11, shape: [4, 2], attributes: [ints('split', 1, 3)], outputs: 2 },
  { op: 'Split', opset: 13, shape: [4, 2], attributes: [int('axis', 1)], outputs: 2 },
  {
    op: 'Slice',
    opset: 9,
    shape: [4, 3],
    attributes: [ints('starts', 1, -2), ints('ends', 3, 2 ** 52), ints('axes', 0, 1)],
  },
  { op: 'Slice', opset: 9, shape: [4, 3], attributes: [ints('starts', 1), ints('ends', -1)] },
  { op: 'Clip', opset: 9, shape: [3, 3], attributes: [float('min', -0.25), float('max', 0.5)] },
  { op: 'Clip', opset: 10, shape: [3, 3], attributes: [float('max', 0)] },
  { op: 'Clip', opset: 10, shape: [3, 3] },
  { op: 'Pad', opset: 9, shape: [2, 2], attributes: [ints('pads', 1, 0, 0, 2), float('value', 3)] },
  {
    op: 'Pad',
    opset: 10,
    shape: [3, 3],
    attributes: [ints('pads', 1, 1, 1, 1), text('mode', 'reflect')],
  },
  { op: 'Dropout', opset: 10, shape: [3, 3], attributes: [float('ratio', 0.9)] },
  { op: 'Softmax', opset: 11, shape: [2, 3] },
  { op: 'LogSoftmax', opset: 12, shape: [2, 2, 3], attributes: [int('axis', 2)] },
  { op: 'Softmax', opset: 13, shape: [2, 3, 2], attributes: [int('axis', 1)] },
  ...['SAME_UPPER', 'SAME_LOWER', 'VALID'].flatMap((mode): Old[] => [
    {
      op: 'Conv',
      opset: 11,
      shape: [1, 2, 7, 6],
      attributes: same(mode, ints('strides', 2, 1)),
      more: [kernel],
    },
    {
      op: 'Conv',
      opset: 11,
      shape: [1, 2, 8, 8],
      attributes: same(mode, mode === 'VALID' ? ints('dilations', 2, 1) : ints('strides', 3, 2)),
      more: [kernel],
    },
    {
      op: 'MaxPool',
      opset: 11,
      shape: [1, 2, 5, 6],
      attributes: same(mode, ints('kernel_shape', 3, 2), ints('strides', 2, 2)),
    },
  ]),
  {
    op: 'GridSample',
    opset: 16,
    shape: [1, 1, 3, 3],
    attributes: [text('mode', 'bilinear'), int('align_corners', 1)],
    more: [weight({ name: 'grid', dims: [1n, 1n, 2n, 2n], floatData: [-0.4, 0.3, 0.2, 0.9] })],
  },
]

function oldModel({ op, opset, shape, attributes = [], more = [], outputs = 1 }: Old): Uint8Array {
  const output = Array.from({ length: outputs }, (_, i) => `y${i}`)
  const input = ['x', ...more.map(({ name }) => name!)]
  const unknown = { case: 'tensorType' as const, value: { elemType: Type.FLOAT } }
  return modelBytes(
    {
      input: [floats('x', ...shape)],
      output: output.map((name) => ({ name, type: { value: unknown } })),
      initializer: [...more],
      node: [{ opType: op, input, output, attribute: [...attributes] }],
    },
    { irVersion: 4n, opsetImport: [{ version: BigInt(opset) }] },
  )
}

async function run(model: Uint8Array, feeds: Record<string, Tensor>) {
  const session = await openSession(model, { threads: 1 })
  try {
    return await session.run(feeds)
  } finally {
    await session.close()
  }
}

test.each(olds)('$op of operator set $opset on $shape computes what it did', async (old) => {
  const model = oldModel(old)
  const feeds = { x: random('float32', old.shape, rngFromSeed(6)) }
  const graph = await readModel(model)
  const { outputs } = toValues(graph, await measureShapes(graph, feeds, { threads: 1 }))
  const [before, after] = [await run(model, feeds), await run(writeModel(outputs), feeds)]
  expect(after).toEqual(before)
})

const refused: [Old, RegExp][] = [
  [
    { op: 'Softmax', opset: 11, shape: [2, 3, 2] },
    /Softmax "y0": .*operator set 11 over several axes/,
  ],
  [{ op: 'Dropout', opset: 10, shape: [2, 2], outputs: 2 }, /Dropout with its mask/],
  [{ op: 'Upsample', opset: 9, shape: [1, 1, 2, 2] }, /Upsample of operator set 9/],
  [{ op: 'Resize', opset: 10, shape: [1, 1, 2, 2] }, /Resize of operator set 10/],
]
test.each(refused)('what has no equal is refused: %o', async (old, message) => {
  const graph = await readModel(oldModel(old))
  const shapes = ['x', 'y0', 'y1'].map(
    (name) => [name, { dtype: 'float32', shape: old.shape }] as const,
  )
  expect(() => toValues(graph, new Map(shapes))).toThrow(message)
})

test('Constant nodes become stored content, and weights where they are used as such', async () => {
  const constants = [
    { name: 'value', type: Kind.TENSOR, t: weight({ floatData: [1, 2] }) },
    float('value_float', 0.5),
    { name: 'value_floats', type: Kind.FLOATS, floats: [3, 4] },
    int('value_int', 1),
    ints('value_ints', 2, -1),
  ]
  const node = constants.map((attribute, i) => ({
    opType: 'Constant',
    output: [`c${i}`],
    attribute: [attribute],
  }))
  const step = (opType: string, output: string, ...input: string[]) => ({
    opType,
    input,
    output: [output],
  })
  const model = modelBytes({
    initializer: [],
    node: [
      ...node,
      step('Reshape', 'row', 'c0', 'c4'),
      step('MatMul', 'a', 'x', 'row'),
      step('Mul', 'b', 'a', 'c1'),
      step('Gather', 'y', 'c2', 'c3'),
    ],
    output: [floats('b', 'N', 1), floats('y')],
  })
  const feeds = { x: tensor('float32', [1, 2], Float32Array.of(1, 1)) }
  const graph = await readModel(model)
  const { outputs, parameters } = toValues(graph, await measureShapes(graph, feeds, { threads: 1 }))
  expect([...parameters.keys()].sort()).toEqual(['c0', 'c2'])
  const found = await run(writeModel(outputs), feeds)
  expect(found).toEqual(await run(model, feeds))
  expect([...found.b!.data, ...found.y!.data]).toEqual([1.5, 4])
})

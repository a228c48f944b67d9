import { AttributeProto_AttributeType as Kind, TensorProto_DataType as Type } from 'onnx-buf'
import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { floats, modelBytes, type TensorInit, weight } from '../../tests/support/model-bytes.ts'
import {
  expectRefused,
  expectSameAsOld,
  float,
  int,
  ints,
  type Old,
  oldModel,
  runModel,
  text,
} from '../../tests/support/old-model.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { rngFromSeed } from '../core/index.ts'
import { measureShapes } from '../runtime/index.ts'
import { type Tensor, tensor } from '../tensor/index.ts'
import { readModel } from './read.ts'
import { toValues } from './to-values.ts'
import { writeModel } from './write.ts'

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
  { op: 'Softmax', opset: 11, shape: [2, 3, 2], tolerance: 1e-6 },
  { op: 'LogSoftmax', opset: 8, shape: [2, 3, 2], attributes: [int('axis', -2)], tolerance: 1e-6 },
  { op: 'TopK', opset: 9, shape: [2, 5], attributes: [int('k', 3)], outputs: 2 },
  {
    op: 'Scatter',
    opset: 10,
    shape: [3, 2],
    more: [
      weight({ name: 'i', dataType: Type.INT64, dims: [1n, 2n], int64Data: [2n, 0n] }),
      weight({ name: 'u', dims: [1n, 2n], floatData: [7, 8] }),
    ],
  },
  {
    op: 'RoiAlign',
    opset: 10,
    shape: [1, 1, 6, 6],
    attributes: [int('output_height', 2), int('output_width', 2)],
    more: [
      weight({ name: 'rois', dims: [1n, 4n], floatData: [0.3, 1, 4.2, 5] }),
      weight({ name: 'of', dataType: Type.INT64, dims: [1n], int64Data: [0n] }),
    ],
  },
  {
    op: 'GroupNormalization',
    opset: 21,
    shape: [2, 6, 3, 2],
    attributes: [int('num_groups', 3), float('epsilon', 1e-3)],
    more: [
      weight({ name: 'scale', dims: [6n], floatData: [1, 2, 3, -1, 0.5, 1] }),
      weight({ name: 'shift', dims: [6n], floatData: [0, 1, 0, -1, 2, 0] }),
    ],
    tolerance: 1e-5,
  },
  {
    op: 'RMSNormalization',
    opset: 23,
    shape: [2, 3, 4],
    attributes: [float('epsilon', 1e-3)],
    more: [weight({ name: 'scale', dims: [4n], floatData: [1, 2, -1, 0.5] })],
    tolerance: 1e-6,
  },
  {
    op: 'RMSNormalization',
    opset: 23,
    shape: [2, 3, 2],
    attributes: [int('axis', 1)],
    more: [weight({ name: 'scale', dims: [3n, 2n], floatData: [1, 2, -1, 0.5, 3, 1] })],
    tolerance: 1e-6,
  },
  { op: 'Swish', opset: 24, shape: [2, 5], attributes: [float('alpha', 1.7)], tolerance: 1e-6 },
  ...attentions(),
  {
    op: 'GridSample',
    opset: 16,
    shape: [1, 1, 3, 3],
    attributes: [text('mode', 'bilinear'), int('align_corners', 1)],
    more: [weight({ name: 'grid', dims: [1n, 1n, 2n, 2n], floatData: [-0.4, 0.3, 0.2, 0.9] })],
  },
]

/** softmax(Q Kᵀ) V with x as queries, keys or all of them. */
function attentions(): Old[] {
  const rng = rngFromSeed(9)
  const tensorOf = (name: string, ...dims: number[]): TensorInit => {
    const size = dims.reduce((a, b) => a * b, 1)
    return weight({
      name,
      dims: dims.map(BigInt),
      floatData: Array.from({ length: size }, () => rng.normal()),
    })
  }
  const boolMask = { name: 'mask', dataType: Type.BOOL, dims: [3n, 5n] }
  const heads = [int('q_num_heads', 2), int('kv_num_heads', 2)]
  const [k, v] = [tensorOf('k', 1, 5, 8), tensorOf('v', 1, 5, 6)]
  const of = (shape: number[], rest: Partial<Old>): Old => ({
    op: 'Attention',
    opset: 23,
    shape,
    tolerance: 1e-5,
    ...rest,
  })
  return [
    of([1, 3, 8], { attributes: heads, more: [k, v] }),
    of([1, 3, 8], {
      attributes: [...heads, float('scale', 0.2)],
      more: [k, v, { ...boolMask, int32Data: [1, 0, 1, 1, 0, 1, 1, 1, 1, 1, 0, 0, 1, 0, 1] }],
    }),
    of([1, 3, 8], { attributes: heads, more: [k, v, tensorOf('mask', 3, 5)] }),
    of([1, 2, 3, 4], {
      attributes: [int('is_causal', 1)],
      more: [tensorOf('k', 1, 2, 3, 4), tensorOf('v', 1, 2, 3, 4)],
    }),
    of([1, 3, 8], { attributes: [...heads, int('is_causal', 1)], more: ['x', 'x'] }),
    of([1, 2, 4, 3], { more: ['x', 'x', tensorOf('mask', 4, 4)] }),
    of([1, 4, 3, 2], { more: [tensorOf('k', 1, 2, 5, 2), tensorOf('v', 1, 2, 5, 3)] }),
  ]
}

test.each(olds)('$op of operator set $opset on $shape computes what it did', expectSameAsOld)

// What the file leaves free stays free: what it is composed of must not hold a size.
const batched = ({ op, more, tolerance }: Old): boolean =>
  tolerance !== undefined && (op !== 'Attention' || more?.[0] === 'x')
test.each(olds.filter(batched))(
  '$op of operator set $opset computes what it did for a larger batch too',
  async (old) => {
    const model = oldModel(old, ['N', ...old.shape.slice(1)])
    const [one, two] = [1, 2].map((n) => ({
      x: random('float32', [n * old.shape[0]!, ...old.shape.slice(1)], rngFromSeed(6)),
    })) as [{ x: Tensor }, { x: Tensor }]
    const graph = await readModel(model)
    const { outputs, freeAxes } = toValues(graph, await measureShapes(graph, one, { threads: 1 }))
    const again = writeModel(outputs, { freeAxes })
    const [before, after] = [await runModel(model, two), await runModel(again, two)]
    expectClose(after.y0!, before.y0!, old.tolerance!)
  },
)

const refused: [Old, RegExp][] = [
  [{ op: 'Dropout', opset: 10, shape: [2, 2], outputs: 2 }, /Dropout with its mask/],
  [
    { op: 'BatchNormalization', opset: 9, shape: [1, 2, 2], outputs: 2 },
    /BatchNormalization in its training form/,
  ],
  [
    { op: 'BatchNormalization', opset: 8, shape: [1, 2, 2], attributes: [int('spatial', 0)] },
    /for each place of its own/,
  ],
  [{ op: 'DFT', opset: 17, shape: [1, 4, 2] }, /DFT of operator set 17 is not read/],
  [
    { op: 'RotaryEmbedding', opset: 23, shape: [1, 1, 2, 2] },
    /RotaryEmbedding "y0": RotaryEmbedding of operator set 23 is not read yet/,
  ],
  [{ op: 'TensorScatter', opset: 24, shape: [1, 2] }, /export the model without its cache/],
  [
    { op: 'Attention', opset: 23, shape: [1, 1, 2, 2], outputs: 2 },
    /remembers keys and values.*without its cache/,
  ],
  [
    { op: 'Attention', opset: 23, shape: [1, 1, 2, 2], attributes: [float('softcap', 2)] },
    /Attention with a softcap/,
  ],
]
test.each(refused)('what has no equal is refused: %o', expectRefused)

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
      step('Gather', 'third', 'c2', 'c3'),
      step('Add', 'y', 'b', 'third'),
    ],
    output: [floats('b', 'N', 1), floats('y', 'N', 1)],
  })
  const feeds = { x: tensor('float32', [1, 2], Float32Array.of(1, 1)) }
  const graph = await readModel(model)
  const { outputs, parameters } = toValues(graph, await measureShapes(graph, feeds, { threads: 1 }))
  expect([...parameters.keys()].sort()).toEqual(['c0', 'c2'])
  const found = await runModel(writeModel(outputs), feeds)
  expect(found).toEqual(await runModel(model, feeds))
  expect([...found.b!.data, ...found.y!.data]).toEqual([1.5, 5.5])
})

import { AttributeProto_AttributeType as Kind, TensorProto_DataType as Type } from 'onnx-buf'
import { expect, test } from 'vitest'
import { floats, modelBytes, type TensorInit, weight } from '../../tests/support/model-bytes.ts'
import { learnedInitializers } from './learned.ts'
import { readModel } from './read.ts'

interface NodeInit {
  readonly opType: string
  readonly input: string[]
  readonly output: string[]
  readonly domain?: string
  readonly attribute?: { name: string; type: Kind; i: bigint }[]
}
const node = (opType: string, output: string, ...input: string[]): NodeInit => ({
  opType,
  input,
  output: [output],
})
const numbers = (name: string, dims: number[], ...floatData: number[]): TensorInit =>
  weight({ name, dims: dims.map(BigInt), floatData })
const integers = (name: string, ...int64Data: number[]): TensorInit => ({
  name,
  dataType: Type.INT64,
  dims: [BigInt(int64Data.length)],
  int64Data: int64Data.map(BigInt),
})
const kernel = numbers('kernel', [2, 2], 1, 2, 3, 4)

/** The roles in a graph that ends in y. */
async function roles(initializer: TensorInit[], nodes: NodeInit[]) {
  const graph = await readModel(
    modelBytes({ input: [floats('x', 'N', 2)], initializer, node: nodes }),
  )
  return Object.fromEntries(learnedInitializers(graph))
}

test('what comes before the first weight is not learned, what is mixed in after it is', async () => {
  expect(
    await roles(
      [
        numbers('mean', [2], 0.5, 0.5),
        kernel,
        numbers('bias', [2], 1, 2),
        numbers('half', [], 0.5),
        numbers('token', [1, 2], 1, 2),
        numbers('place', [2], 1, 2),
        numbers('unused', [2], 1, 2),
      ],
      [
        node('Sub', 'normal', 'x', 'mean'),
        node('Transpose', 'turned', 'kernel'),
        node('MatMul', 'product', 'normal', 'turned'),
        node('Add', 'moved', 'product', 'bias'),
        node('Mul', 'scaled', 'moved', 'half'),
        {
          ...node('Concat', 'joined', 'token', 'scaled'),
          attribute: [{ name: 'axis', type: Kind.INT, i: 0n }],
        },
        node('Identity', 'copy', 'place'),
        node('Add', 'y', 'joined', 'copy'),
      ],
    ),
  ).toEqual({ kernel: 'weight', bias: 'weight', token: 'weight', place: 'weight' })
})

test('a position table that is cut and resized on its way is learned, the factors are not', async () => {
  expect(
    await roles(
      [
        kernel,
        numbers('table', [1, 1, 3, 2], 1, 2, 3, 4, 5, 6),
        integers('start', 1),
        integers('end', 3),
        integers('axis', 2),
        numbers('factors', [4], 1, 1, 2, 1),
        integers('shape', 4, 2),
      ],
      [
        node('MatMul', 'product', 'x', 'kernel'),
        node('Slice', 'cut', 'table', 'start', 'end', 'axis'),
        node('Resize', 'resized', 'cut', '', 'factors'),
        node('Reshape', 'rows', 'resized', 'shape'),
        node('Add', 'y', 'product', 'rows'),
      ],
    ),
  ).toEqual({ kernel: 'weight', table: 'weight' })
})

test('a mask of zeros and far below is not learned', async () => {
  for (const low of [-1e4, -100, -Infinity])
    expect(
      await roles(
        [kernel, numbers('mask', [2, 2], 0, low, 0, 0)],
        [node('MatMul', 'product', 'x', 'kernel'), node('Add', 'y', 'product', 'mask')],
      ),
    ).toEqual({ kernel: 'weight' })
  expect(
    await roles(
      [kernel, numbers('zeros', [2], 0, 0)],
      [node('MatMul', 'product', 'x', 'kernel'), node('Add', 'y', 'product', 'zeros')],
    ),
  ).toEqual({ kernel: 'weight', zeros: 'weight' })
})

test('rotary waves, which are computed from stored numbers, are not learned', async () => {
  expect(
    await roles(
      [kernel, numbers('frequencies', [2], 1, 0.1)],
      [
        node('MatMul', 'product', 'x', 'kernel'),
        node('Cos', 'waves', 'frequencies'),
        node('Mul', 'y', 'product', 'waves'),
      ],
    ),
  ).toEqual({ kernel: 'weight' })
})

test('a kernel that is computed from direction and length is learned through both', async () => {
  expect(
    await roles(
      [
        numbers('direction', [2, 2], 1, 2, 3, 4),
        numbers('length', [1, 2], 1, 2),
        numbers('tiny', [], 1e-9),
      ],
      [
        node('ReduceL2', 'norm', 'direction'),
        node('Add', 'safe', 'norm', 'tiny'),
        node('Div', 'unit', 'direction', 'safe'),
        node('Mul', 'kernel', 'unit', 'length'),
        node('MatMul', 'y', 'x', 'kernel'),
      ],
    ),
  ).toEqual({ direction: 'weight', length: 'weight' })
})

test('an InstanceNormalization by ones and zeros has nothing to learn', async () => {
  const of = (scale: number, shift: number) =>
    roles(
      [numbers('scale', [2], scale, 1), numbers('shift', [2], 0, shift)],
      [node('InstanceNormalization', 'y', 'x', 'scale', 'shift')],
    )
  expect(await of(1, 0)).toEqual({})
  expect(await of(1, 0.5)).toEqual({ scale: 'weight', shift: 'weight' })
})

test('running statistics have a role of their own', async () => {
  const names = ['scale', 'shift', 'mean', 'variance']
  expect(
    await roles(
      names.map((name) => numbers(name, [2], 1, 2)),
      [node('BatchNormalization', 'y', 'x', ...names)],
    ),
  ).toEqual({ scale: 'weight', shift: 'weight', mean: 'statistic', variance: 'statistic' })
})

test('of what operators of other sets take every stored float may be learned', async () => {
  expect(
    await roles(
      [kernel, numbers('bias', [2], 1, 2)],
      [
        node('MatMul', 'product', 'x', 'kernel'),
        { ...node('BiasGelu', 'y', 'product', 'bias'), domain: 'com.microsoft' },
      ],
    ),
  ).toEqual({ kernel: 'weight', bias: 'weight' })
})

test('a chain that doubles itself takes no longer than any other', async () => {
  const doubled = (i: number): string => (i === 0 ? 'kernel' : `twice ${i}`)
  const chain = Array.from({ length: 60 }, (_, i) =>
    node('Add', doubled(i + 1), doubled(i), doubled(i)),
  )
  expect(await roles([kernel], [...chain, node('MatMul', 'y', 'x', doubled(60))])).toEqual({
    kernel: 'weight',
  })
})

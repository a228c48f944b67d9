import { TensorProto_DataType as Type } from 'onnx-buf'
import { expect, test } from 'vitest'
import { exportedGraph } from '../../tests/support/exporter/graph.ts'
import { dim, shapeOf } from '../../tests/support/exporter/transformer.ts'
import { floats, modelBytes } from '../../tests/support/model-bytes.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { gradients } from '../autodiff/index.ts'
import { rngFromSeed } from '../core/index.ts'
import { evaluate, measureShapes, openSession } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import { reduceSum, slice } from './operators/index.ts'
import { reachable } from './order.ts'
import { readModel } from './read.ts'
import { toValues } from './to-values.ts'
import { contentOf } from './value.ts'
import { writeModel } from './write.ts'

const session = { threads: 1 }
const x = random('float32', [2, 3, 4], rngFromSeed(1))

/** Rows of every picture, cut at half of their width, plus a ramp as long as they are. */
function arithmetic(): Uint8Array {
  const g = exportedGraph(14, rngFromSeed(1))
  const half = g.node('Div', [dim(g, 'x', 2), g.constant(2)])
  const ends = shapeOf(g, [half])
  const cut = g.node('Slice', ['x', g.constant([0]), ends, g.constant([2])])
  const rows = g.node('Reshape', [cut, shapeOf(g, [-1, half])])
  const ramp = g.node('Range', [g.constant(0), half, g.constant(1)])
  const waves = g.node('Sin', [g.node('Cast', [ramp], { to: 1 })])
  const longer = g.node('Expand', [waves, g.node('Shape', [rows])])
  return g.bytes(
    { x: ['float32', 'batch', 3, 'width'] },
    { y: [g.node('Add', [rows, longer]), ['float32', 'rows', 'half']] },
  )
}

test('what follows from shapes alone is known, and nothing else is', async () => {
  const graph = await readModel(arithmetic())
  const known = await measureShapes(graph, { x }, session)
  const ofOp = (op: string) =>
    graph.nodes.filter((node) => node.op === op).map(({ outputs }) => known.get(outputs[0]!)!)
  expect(ofOp('Div').map(({ data }) => data)).toEqual([BigInt64Array.of(2n)])
  expect(ofOp('Range').map(({ data }) => data)).toEqual([BigInt64Array.of(0n, 1n)])
  const sines = Float32Array.from([0, 1], Math.sin)
  const [longer] = ofOp('Expand')
  expect([longer!.shape, longer!.data]).toEqual([
    [6, 2],
    Float32Array.from({ length: 12 }, (_, i) => sines[i % 2]!),
  ])
  for (const op of ['Slice', 'Add']) expect(ofOp(op).map(({ data }) => data)).toEqual([undefined])
})

test('so a graph full of it is differentiated', async () => {
  const graph = await readModel(arithmetic())
  const { inputs, outputs } = toValues(graph, await measureShapes(graph, { x }, session))
  const [dx] = gradients(reduceSum(outputs.y!), [inputs.get('x')!])
  const found = await evaluate({ dx: dx! }, { x }, session)
  expect([...found.dx.data]).toEqual(Array.from({ length: 24 }, (_, i) => Number(i % 4 < 2)))
})

test('a graph of fixed sizes holds it as constants, one with free axes computes it', async () => {
  const graph = await readModel(arithmetic())
  const { outputs, freeAxes } = toValues(graph, await measureShapes(graph, { x }, session))
  const fixed = await readModel(writeModel(outputs))
  expect(fixed.nodes.map(({ op }) => op)).toEqual(['Slice', 'Reshape', 'Add'])
  const free = writeModel(outputs, { freeAxes })
  expect((await readModel(free)).inputs[0]!.shape).toEqual(['batch', 3, 'width'])
  const wide = random('float32', [1, 3, 8], rngFromSeed(2))
  const [ours, theirs] = [
    await openSession(free, session),
    await openSession(arithmetic(), session),
  ]
  try {
    expect(await ours.run({ x: wide })).toEqual(await theirs.run({ x: wide }))
  } finally {
    await ours.close()
    await theirs.close()
  }
})

test('a node on other inputs of the same shapes knows what it knew', async () => {
  const graph = await readModel(arithmetic())
  const { outputs } = toValues(graph, await measureShapes(graph, { x }, session))
  const { nodes } = reachable([outputs.y!])
  const shape = nodes.find(({ op }) => op === 'Shape')!
  expect(contentOf(shape.outputs[0]!)).toEqual(BigInt64Array.of(2n, 3n, 4n))
  const first = slice(shape.outputs[0]!, [{ axis: 0, start: 0, end: 1 }])
  expect(contentOf(first)).toBeUndefined()
})

test('what is drawn by chance, or learned, is not known', async () => {
  const node = (opType: string, output: string, ...input: string[]) => ({
    opType,
    input,
    output: [output],
  })
  const model = modelBytes({
    input: [floats('x', 3, 2)],
    initializer: [
      { name: 'w', dataType: Type.FLOAT, dims: [2n, 2n], floatData: [1, 2, 3, 4] },
      { name: 'one', dataType: Type.FLOAT, dims: [2n], floatData: [1, 1] },
    ],
    node: [
      node('RandomNormalLike', 'noise', 'one'),
      node('Transpose', 'turned', 'w'),
      node('MatMul', 'product', 'x', 'turned'),
      node('Neg', 'minus', 'one'),
      node('Mul', 'scaled', 'noise', 'minus'),
      node('Add', 'y', 'product', 'scaled'),
    ],
  })
  const feeds = { x: tensor('float32', [3, 2], new Float32Array(6)) }
  const known = await measureShapes(model, feeds, session)
  const names = [...known].filter(([, { data }]) => data !== undefined).map(([name]) => name)
  expect(names).toEqual(['minus'])
})

test.each([
  ['NonZero', ['x'], 'int64'],
  ['Reshape', ['x', 'n'], 'float32'],
  ['Expand', ['x', 'n'], 'float32'],
  ['ConstantOfShape', ['n'], 'float32'],
] as const)('%s of a size that is fed is refused, with its node', async (opType, input, dtype) => {
  const elemType = dtype === 'int64' ? Type.INT64 : Type.FLOAT
  const integers = {
    case: 'tensorType' as const,
    value: {
      elemType: Type.INT64,
      shape: { dim: [{ value: { case: 'dimValue' as const, value: 2n } }] },
    },
  }
  const model = modelBytes({
    input: [floats('x', 2, 2), { name: 'n', type: { value: integers } }],
    output: [{ name: 'y', type: { value: { case: 'tensorType', value: { elemType } } } }],
    node: [{ name: 'odd', opType, input: [...input], output: ['y'] }],
  })
  const feeds = {
    x: tensor('float32', [2, 2], Float32Array.of(1, 0, 1, 1)),
    n: tensor('int64', [2], BigInt64Array.of(2n, 2n)),
  }
  const graph = await readModel(model)
  const known = await measureShapes(graph, feeds, session)
  expect(() => toValues(graph, known)).toThrow(
    expect.objectContaining({
      code: 'UnsupportedOp',
      message: expect.stringMatching(
        `${opType} "odd": how large its output is depends on what is fed`,
      ),
    }),
  )
})

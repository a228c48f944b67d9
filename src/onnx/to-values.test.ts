import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { floats, modelBytes } from '../../tests/support/model-bytes.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { gradients } from '../autodiff/index.ts'
import { rngFromSeed } from '../core/index.ts'
import { CompactConvNet, parametersOf } from '../nn/index.ts'
import { evaluate, measureShapes, openSession } from '../runtime/index.ts'
import { type Tensor, tensor } from '../tensor/index.ts'
import { mul, reduceSum } from './operators/index.ts'
import { readModel } from './read.ts'
import { toValues } from './to-values.ts'
import { input, type Value } from './value.ts'
import { writeModel } from './write.ts'

const session = { threads: 1 }
const run = async (model: Uint8Array, feeds: Record<string, Tensor>) => {
  const opened = await openSession(model, session)
  try {
    return await opened.run(feeds)
  } finally {
    await opened.close()
  }
}

const sizes = { widths: [4, 6], blocks: [1], dimension: 5 }
const pixels = random('float32', [2, 3, 9, 8], rngFromSeed(2))
const x = input('pixels', pixels.shape)
const named = (parameters: ReadonlyMap<string, Value>) =>
  new Map(Array.from(parameters, ([name, value]) => [value as never, name]))

async function written() {
  const net = new CompactConvNet(sizes, rngFromSeed(1))
  const parameters = parametersOf(net)
  const rng = rngFromSeed(4)
  for (const { data, shape } of parameters.values())
    if (shape.length === 1) for (let i = 0; i < data.length; i++) data[i] = rng.between(0.5, 1.5)
  const embedding = net.apply(x, { kind: 'inference' })
  const options = { parameterNames: named(parameters), freeBatch: 'N' }
  return { parameters, embedding, options, model: writeModel({ embedding }, options) }
}

test('a network that is written, read and written again computes the very same', async () => {
  const { parameters, options, model } = await written()
  const graph = await readModel(model)
  const read = toValues(graph, await measureShapes(graph, { pixels }, session))
  expect([...read.inputs.keys()]).toEqual(['pixels'])
  expect([...read.parameters.keys()].sort()).toEqual([...parameters.keys()].sort())
  for (const [name, { role, shape, data }] of read.parameters) {
    expect({ name, role, shape, data }).toEqual({
      name,
      role: parameters.get(name)!.role,
      shape: parameters.get(name)!.shape,
      data: parameters.get(name)!.data,
    })
    expect(data.buffer).not.toBe(graph.initializers.get(name)!.data.buffer)
  }
  const again = writeModel(read.outputs, { ...options, parameterNames: named(read.parameters) })
  const [first, second] = [await run(model, { pixels }), await run(again, { pixels })]
  expect(second).toEqual(first)
  const one = tensor('float32', [1, 3, 9, 8], pixels.data.slice(0, 216))
  expect((await run(again, { pixels: one })).embedding!.shape).toEqual([1, 5])
})

test('a network that was read has the gradients of the one that was written', async () => {
  const { parameters, embedding, model } = await written()
  const read = toValues(await readModel(model), await measureShapes(model, { pixels }, session))
  const weights = [...parameters].filter(([, { role }]) => role === 'weight')
  const r = input('r', [2, 5])
  const slopes = (output: Value, of: (name: string) => Value) => {
    const found = gradients(
      reduceSum(mul(output, r)),
      weights.map(([name]) => of(name)),
    )
    return Object.fromEntries(weights.map(([name], i) => [`d ${name}`, found[i]!]))
  }
  const feeds = { pixels, r: random('float32', [2, 5], rngFromSeed(3)) }
  const ours = await evaluate(
    slopes(embedding, (name) => parameters.get(name)!),
    feeds,
    session,
  )
  const theirs = await evaluate(
    slopes(read.outputs.embedding!, (name) => read.parameters.get(name)!),
    feeds,
    session,
  )
  for (const name of Object.keys(ours)) expectClose(theirs[name]!, ours[name]!, 1e-6, name)
})

test('measured shapes are those of a plain run, of every value there is', async () => {
  const { model } = await written()
  const graph = await readModel(model)
  const shapes = await measureShapes(graph, { pixels }, session)
  expect(shapes.get('pixels')).toEqual({ dtype: 'float32', shape: [2, 3, 9, 8] })
  expect(shapes.get('embedding')).toEqual({ dtype: 'float32', shape: [2, 5] })
  expect(shapes.get(graph.nodes[0]!.outputs[0]!)).toEqual({ dtype: 'float32', shape: [2, 4, 5, 4] })
  for (const { outputs } of graph.nodes)
    for (const name of outputs) expect(shapes.has(name), name).toBe(true)
})

test('a shape that nobody measured is asked for', async () => {
  const graph = await readModel(modelBytes())
  expect(() => toValues(graph, new Map())).toThrow(/nothing is known of the shape of "x"; measure/)
})

test('a model whose output is its input, or a constant, is read', async () => {
  const graph = await readModel(
    modelBytes({ output: [floats('x', 'N', 2), floats('w', 2)], node: [] }),
  )
  const feeds = { x: tensor('float32', [1, 2], Float32Array.of(5, 6)) }
  const { outputs } = toValues(graph, await measureShapes(graph, feeds, session))
  const found = await evaluate({ a: outputs.x!, b: outputs.w! }, feeds, session)
  expect([...found.a.data, ...found.b.data]).toEqual([5, 6, 1, 2])
})

test('pieces of a Split that a file leaves out are there, with no gradient', async () => {
  const model = modelBytes(
    {
      input: [floats('x', 6)],
      output: [floats('y', 2)],
      initializer: [],
      node: [
        { opType: 'Split', input: ['x'], output: ['', 'second', ''] },
        { opType: 'Neg', input: ['second'], output: ['y'] },
      ],
    },
    { opsetImport: [{ version: 13n }] },
  )
  const feeds = { x: tensor('float32', [6], Float32Array.of(1, 2, 3, 4, 5, 6)) }
  const graph = await readModel(model)
  const read = toValues(graph, await measureShapes(graph, feeds, session))
  const [dx] = gradients(reduceSum(read.outputs.y!), [read.inputs.get('x')!])
  const found = await evaluate({ y: read.outputs.y!, dx: dx! }, feeds, session)
  expect(found.y).toEqual(tensor('float32', [2], Float32Array.of(-3, -4)))
  expect(found.dx).toEqual(tensor('float32', [6], Float32Array.of(0, 0, -1, -1, 0, 0)))
})

import { expect, test } from 'vitest'
import { evaluate, openSession } from '../runtime/index.ts'
import { tensor } from '../tensor/index.ts'
import { add, averagePool, matmul, maxPool, mul, neg, reshape } from './operators/index.ts'
import { reachable } from './order.ts'
import { readModel } from './read.ts'
import { compute, constant, input, parameter, type Value } from './value.ts'
import { writeModel } from './write.ts'

const x = input('x', [2, 2])
const ones = () => tensor('float32', [2, 2], Float32Array.of(1, 1, 1, 1))
const opened = async (model: Uint8Array) => {
  const session = await openSession(model, { threads: 1 })
  await using _ = { [Symbol.asyncDispose]: () => session.close() }
  return { inputs: [...session.inputNames], outputs: [...session.outputNames] }
}

test('equal graphs give equal bytes', () => {
  const build = () => {
    const w = parameter(ones())
    return writeModel({ y: matmul(mul(x, 2), w), z: neg(x) })
  }
  expect(build()).toEqual(build())
})

test('only what the outputs need is written, each thing once', async () => {
  const shared = mul(x, 3)
  neg(shared) // needed by nobody
  const { nodes, initializers } = await readModel(writeModel({ y: add(shared, shared) }))
  expect(nodes.map(({ op }) => op)).toEqual(['Mul', 'Add'])
  expect(initializers.size).toBe(1)
})

test('what is given out under two names, or was given in, gets an Identity; nothing else', async () => {
  const y = mul(x, 3)
  const model = writeModel({ y, again: y, x2: x })
  const { nodes } = await readModel(model)
  expect(nodes.map(({ op, outputs }) => [op, ...outputs])).toEqual([
    ['Mul', 'y'],
    ['Identity', 'again'],
    ['Identity', 'x2'],
  ])
})

test('parameters are stored under given or made up names, or become inputs', async () => {
  const [a, b, c] = [parameter(ones()), parameter(ones()), parameter(ones())]
  const y = add(add(a, b), add(c, x))
  const model = writeModel(
    { y },
    { parameterInputs: new Map([[a, 'state']]), parameterNames: new Map([[b, 'conv.weight']]) },
  )
  expect(await opened(model)).toEqual({ inputs: ['state', 'x'], outputs: ['y'] })
  expect([...(await readModel(model)).initializers.keys()]).toEqual(['conv.weight', 'p1'])
})

test('made up names keep clear of given ones', async () => {
  const named = parameter(tensor('float32', [], Float32Array.of(5)))
  const [p0, v0] = [input('c1', []), input('v0_0', [])]
  const y = add(mul(add(p0, named), 2), v0)
  const model = writeModel({ y, v1_0: y }, { parameterNames: new Map([[named, 'c0']]) })
  const session = await openSession(model, { threads: 1 })
  const number = (n: number) => tensor('float32', [], Float32Array.of(n))
  const { y: found, v1_0: twin } = await session.run({ c1: number(1), v0_0: number(100) })
  await session.close()
  expect([found!.data[0], twin!.data[0]]).toEqual([112, 112])
})

test('two things of one given name are refused', () => {
  const named = (name: string) => ({ parameterNames: new Map([[w, name]]) })
  const w = parameter(ones())
  const y = add(x, w)
  expect(() => writeModel({ x: y })).toThrow(/two things are named "x"; rename one/)
  expect(() => writeModel({ y: add(x, input('x', [2, 2])) })).toThrow(/two things are named "x"/)
  expect(() => writeModel({ y }, named('x'))).toThrow(/two things are named "x"/)
  expect(() => writeModel({ y }, named('y'))).toThrow(/two things are named "y"/)
})

test('an input, a parameter or one Value twice may be an output', async () => {
  const w = parameter(ones())
  const twice = mul(x, 2)
  const found = await evaluate({ same: x, w, a: twice, b: twice }, { x: ones() })
  expect([...found.same.data]).toEqual([1, 1, 1, 1])
  expect([...found.w.data]).toEqual([1, 1, 1, 1])
  expect(found.a.data).toEqual(found.b.data)
})

test('a free batch is free for inputs and outputs, whose other axes stay', async () => {
  const model = writeModel({ y: reshape(x, [-1, 1]), z: neg(x) }, { freeBatch: 'N' })
  const { inputs, outputs } = await readModel(model)
  expect([...inputs, ...outputs].map(({ shape }) => shape)).toEqual([
    ['N', 2],
    ['N', 1],
    ['N', 2],
  ])
})

test('axes are free by name where they are named, and go before a free batch', async () => {
  const y = reshape(x, [-1, 1])
  const freeAxes = { x: ['batch', 'length'], y: [null, null] }
  const described = async (options: Parameters<typeof writeModel>[1]) => {
    const { inputs, outputs } = await readModel(writeModel({ y, z: neg(x) }, options))
    return [...inputs, ...outputs].map(({ shape }) => shape)
  }
  expect(await described({ freeAxes })).toEqual([
    ['batch', 'length'],
    [4, 1],
    [2, 2],
  ])
  expect(await described({ freeAxes, freeBatch: 'N' })).toEqual([
    ['batch', 'length'],
    [4, 1],
    ['N', 2],
  ])
})

test('nodes keep the names that they were read with', async () => {
  const [y] = compute({ op: 'Neg', name: '/layer/Neg', inputs: [x], outputs: [x] })
  expect((await readModel(writeModel({ y: y! }))).nodes[0]!.name).toBe('/layer/Neg')
})

test('more weights than a file can hold are refused before they are copied', () => {
  const page = new Float32Array(2 ** 28)
  const weights = [1, 2].map(() => parameter(tensor('float32', [page.length], page)))
  expect(() => writeModel({ y: add(weights[0]!, weights[1]!) })).toThrow(
    /its weights take 2147483648 bytes, an \.onnx file holds at most 2147483647/,
  )
})

test('a pool leaves out a window that begins behind the picture, and what follows fits', async () => {
  const line = input('line', [1, 1, 6])
  const picture = input('picture', [1, 1, 5, 5])
  const row = (...values: number[]) =>
    constant(tensor('float32', [values.length], Float32Array.from(values)))
  const pairs = { strides: [2], pads: [0, 1], ceilMode: true }
  // kernels smaller than strides leave a window out without any padding too
  const corners = { strides: [3, 2], pads: [0, 1, 0, 0], ceilMode: true }
  const found = await evaluate(
    {
      most: mul(maxPool(line, [2], pairs), row(1, 10, 100)),
      mean: reshape(averagePool(line, [2], { ...pairs, countIncludePad: true }), [3]),
      corners: mul(maxPool(picture, [1, 2], corners), row(1, 10, 100)),
    },
    {
      line: tensor('float32', [1, 1, 6], Float32Array.of(1, 2, 4, 3, 5, 6)),
      picture: tensor(
        'float32',
        picture.shape,
        Float32Array.from({ length: 25 }, (_, i) => i),
      ),
    },
  )
  expect(found.most).toEqual(tensor('float32', [1, 1, 3], Float32Array.of(2, 40, 600)))
  expect(found.mean).toEqual(tensor('float32', [3], Float32Array.of(1.5, 3.5, 5.5)))
  expect(found.corners.shape).toEqual([1, 1, 2, 3])
  expect([...found.corners.data]).toEqual([0, 20, 400, 15, 170, 1900])
})

test('so it does where only the batch is free', async () => {
  const picture = input('picture', [1, 1, 5, 5])
  const corners = maxPool(picture, [1, 1], { strides: [3, 3], ceilMode: true })
  const table = constant(tensor('float32', [2, 2], Float32Array.of(1, 10, 100, 1000)))
  const model = writeModel({ y: mul(corners, table) }, { freeBatch: 'N' })
  const session = await openSession(model, { threads: 1 })
  try {
    const pixels = Float32Array.from({ length: 50 }, (_, i) => i)
    const { y } = await session.run({ picture: tensor('float32', [2, 1, 5, 5], pixels) })
    const wanted = Float32Array.of(0, 30, 1500, 18000, 25, 280, 4000, 43000)
    expect(y).toEqual(tensor('float32', [2, 1, 2, 2], wanted))
  } finally {
    await session.close()
  }
})

test('a graph with a cycle cannot be written', () => {
  const inputs: Value[] = [x]
  const [a] = compute({ op: 'Exp', inputs, outputs: [x] })
  inputs[0] = neg(a!)
  expect(() => reachable([a!])).toThrow(
    expect.objectContaining({ code: 'InvalidInput', message: expect.stringMatching(/no cycle/) }),
  )
})

test('each node comes after those that it takes from', () => {
  const a = neg(x)
  const b = mul(a, a)
  const { nodes, leaves } = reachable([add(b, a), a])
  expect(nodes.map(({ op }) => op)).toEqual(['Neg', 'Mul', 'Add'])
  expect(leaves).toEqual([x])
})

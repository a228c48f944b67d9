import { execFile } from 'node:child_process'
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { TensorProto_DataLocation as DataLocation } from 'onnx-buf'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { modelBytes, weight } from '../../tests/support/model-bytes.ts'
import {
  add,
  apply,
  compute,
  input,
  matmul,
  mul,
  parameter,
  stopGradient,
  writeModel,
} from '../onnx/index.ts'
import { tensor } from '../tensor/index.ts'
import { evaluate } from './evaluate.ts'
import { type NamedTensors, openSession, type Session } from './session.ts'

let folder: string
const opened: Session[] = []
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-session-'))
})
afterEach(async () => {
  await Promise.all(opened.splice(0).map((session) => session.close()))
  await rm(folder, { recursive: true })
})
const open: typeof openSession = async (model, options) => {
  const session = await openSession(model, { threads: 1, ...options })
  opened.push(session)
  return session
}

const x = input('x', [2, 2])
const matrix = (...values: number[]) => tensor('float32', [2, 2], Float32Array.from(values))
const doubled = () => writeModel({ y: mul(x, 2), z: add(x, 1) })

test('a model from bytes and from a file gives named outputs', async () => {
  const path = join(folder, 'model.onnx')
  await writeFile(path, doubled())
  for (const model of [doubled(), path]) {
    const session = await open(model)
    expect([session.inputNames, session.outputNames]).toEqual([['x'], ['y', 'z']])
    const { y, z } = await session.run({ x: matrix(1, 2, 3, 4) })
    expect(y).toEqual(matrix(2, 4, 6, 8))
    expect(z).toEqual(matrix(2, 3, 4, 5))
    expect(Object.keys(await session.run({ x: matrix(1, 2, 3, 4) }, ['z']))).toEqual(['z'])
  }
})

test('tensors given as fetches are written in place, run after run', async () => {
  const session = await open(doubled())
  const y = matrix(0, 0, 0, 0)
  const given = matrix(1, 2, 3, 4)
  expect((await session.run({ x: given }, { y })).y).toBe(y)
  expect(y).toEqual(matrix(2, 4, 6, 8))
  given.data[0] = -5 // what was wrapped once still reads the array as it is now
  await session.run({ x: given }, { y })
  expect(y).toEqual(matrix(-10, 4, 6, 8))
})

test('dtypes go in and out as they are', async () => {
  const feeds = {
    float64: tensor('float64', [1], Float64Array.of(1 / 3)),
    int32: tensor('int32', [1], Int32Array.of(-7)),
    int64: tensor('int64', [1], BigInt64Array.of(-(2n ** 60n))),
    uint8: tensor('uint8', [1], Uint8Array.of(200)),
    bool: tensor('bool', [1], Uint8Array.of(1)),
  }
  for (const [name, value] of Object.entries(feeds)) {
    const y = stopGradient(input(name, [1], value.dtype))
    expect((await evaluate({ y }, feeds)).y).toEqual(value)
  }
})

test('a tensor for an output whose size turns out to be another is named', async () => {
  const session = await open(writeModel({ y: matmul(x, x) }, { freeBatch: 'N' }))
  await expect(
    session.run({ x: matrix(1, 2, 3, 4) }, { y: tensor('float32', [3, 2], new Float32Array(6)) }),
  ).rejects.toThrow(/^model: MatMul failed \(.*output 'y'.*\{3,2\}.*\{2,2\}\)/)
})

test('a feed that is missing, of another name, shape or dtype is named with what is wanted', async () => {
  const session = await open(writeModel({ y: mul(x, 2) }, { freeBatch: 'N' }))
  const fine = matrix(1, 2, 3, 4)
  const wrong: [NamedTensors, string][] = [
    [{}, 'is not fed; feed it float32 [N, 2]'],
    [{ X: fine, z: fine }, 'is not fed, but "X", "z"; feed it float32 [N, 2]'],
    [
      { x: { ...fine, data: new Float32Array(3) } },
      'is fed float32 [2, 2] with 3 elements, it takes float32 [N, 2]',
    ],
    [
      { x: tensor('float32', [4], new Float32Array(4)) },
      'is fed float32 [4], it takes float32 [N, 2]',
    ],
    [
      { x: tensor('float32', [2, 3], new Float32Array(6)) },
      'is fed float32 [2, 3], it takes float32 [N, 2]',
    ],
    [
      { x: tensor('float64', [2, 2], new Float64Array(4)) },
      'is fed float64 [2, 2], it takes float32 [N, 2]',
    ],
  ]
  for (const [feeds, message] of wrong)
    await expect(session.run(feeds)).rejects.toMatchObject({
      code: 'InvalidInput',
      message: `model: its input "x" ${message}`,
    })
  expect((await session.run({ x: fine, z: fine })).y).toEqual(matrix(2, 4, 6, 8))
})

test('an output that there is not, or a tensor that is not like it, is named with what there is', async () => {
  const session = await open(doubled())
  const feeds = { x: matrix(1, 2, 3, 4) }
  for (const fetches of [['nope'], { nope: matrix(0, 0, 0, 0) }])
    await expect(session.run(feeds, fetches)).rejects.toMatchObject({
      code: 'InvalidInput',
      message: 'model: it has no output "nope"; its outputs are "y", "z"',
    })
  for (const [wrong, said] of [
    [tensor('float32', [4], new Float32Array(4)), 'float32 [4]'],
    [tensor('float32', [2, 3], new Float32Array(6)), 'float32 [2, 3]'],
    [tensor('float64', [2, 2], new Float64Array(4)), 'float64 [2, 2]'],
  ] as const)
    await expect(session.run(feeds, { y: wrong })).rejects.toMatchObject({
      code: 'InvalidInput',
      message: `model: its output "y" is to be written into ${said}, it is float32 [2, 2]`,
    })
})

test('an operator that fails on what it is fed is named', async () => {
  const row = compute({
    op: 'Gather',
    name: 'rows',
    inputs: [x, input('i', [1], 'int64')],
    outputs: [{ dtype: 'float32', shape: [1, 2] }],
  })[0]!
  const session = await open(writeModel({ row }))
  const i = tensor('int64', [1], BigInt64Array.of(9n))
  await expect(session.run({ x: matrix(1, 2, 3, 4), i })).rejects.toMatchObject({
    code: 'InvalidInput',
    message: expect.stringMatching(
      /^model: Gather "rows" failed \(.*idx=9.*\); look at what it is/,
    ),
  })
})

const outside = (location: string) =>
  modelBytes({
    initializer: [
      weight({
        dataLocation: DataLocation.EXTERNAL,
        externalData: [{ key: 'location', value: location }],
      }),
    ],
  })

test('what goes wrong is thrown and not printed too', async () => {
  const path = join(folder, 'rows.onnx')
  const i = input('i', [1], 'int64')
  await writeFile(path, writeModel({ rows: apply('Gather', [x, i], input('', [1, 2])) }))
  const program = `
    import { openSession } from ${JSON.stringify(pathToFileURL(join(import.meta.dirname, 'index.ts')))}
    const session = await openSession(${JSON.stringify(path)})
    const x = { dtype: 'float32', shape: [2, 2], data: new Float32Array(4) }
    const i = { dtype: 'int64', shape: [1], data: BigInt64Array.of(9n) }
    await session.run({ x, i }).catch(({ message }) => console.log(message))`
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [
    '--input-type=module',
    '--eval',
    program,
  ])
  expect(stdout).toMatch(/Gather failed/)
  expect(stderr).toBe('')
})

test.each<[string, Uint8Array | string, string, RegExp]>([
  [
    'no model',
    'not a model',
    'InvalidInput',
    /: not a usable ONNX model \(.*\); copy or export it again/,
  ],
  ['half a model', doubled().slice(0, 60), 'InvalidInput', /: not a usable ONNX model/],
  [
    'a graph with a cycle',
    modelBytes({
      node: [
        { opType: 'Add', input: ['x', 'b'], output: ['y'] },
        { opType: 'Neg', input: ['y'], output: ['b'] },
      ],
    }),
    'InvalidInput',
    /not acyclic/,
  ],
  [
    'a newer operator set',
    modelBytes({}, { opsetImport: [{ version: 99n }] }),
    'UnsupportedOp',
    /is newer than onnxruntime here \(Opset 99, it knows them till opset \d+\); export it for an older/,
  ],
  [
    'a newer format',
    modelBytes({}, { irVersion: 99n }),
    'UnsupportedOp',
    /is newer than onnxruntime here \(Unsupported model IR version: 99.*export it for an older/,
  ],
  [
    'an operator without a kernel',
    writeModel({ y: apply('NoSuchOp', [x], x) }),
    'UnsupportedOp',
    /has an operator that onnxruntime lacks here \(.*NoSuchOp.*\); export it/,
  ],
  [
    'weights that are not there',
    outside('gone.bin'),
    'NotFound',
    /a file with its weights is not there \(.*"[^"]*gone\.bin"\); copy it beside the model/,
  ],
  [
    'weights that are cut off',
    outside('short.bin'),
    'InvalidInput',
    /not a usable ONNX model \(External initializer: w .* given file_length: 4 .*\); copy/,
  ],
])('%s is refused', async (_, model, code, message) => {
  const path = join(folder, 'model.onnx')
  await writeFile(path, model)
  await writeFile(join(folder, 'short.bin'), new Uint8Array(4))
  const refusal = { code, message: expect.stringMatching(message) }
  await expect(open(path)).rejects.toMatchObject(refusal)
  await expect(open(path)).rejects.toThrow(path)
})

test('a file that is not there is named', () =>
  expect(open(join(folder, 'absent.onnx'))).rejects.toMatchObject({
    code: 'NotFound',
    message: expect.stringMatching(/absent\.onnx: there is no such file/),
  }))

test('a device that is not here is said, not silently replaced', async () => {
  const elsewhere = process.platform === 'darwin' ? 'dml' : 'coreml'
  await expect(open(doubled(), { device: elsewhere })).rejects.toMatchObject({
    code: 'Unavailable',
    message: expect.stringMatching(new RegExp(`device "${elsewhere}".*--device cpu`)),
  })
})

test('optimization levels and prepacking change no result', async () => {
  const w = parameter(matrix(1, 2, 3, 4))
  const y = mul(add(matmul(x, w), 0), 1)
  for (const optimization of ['disabled', 'basic', 'extended', 'all'] as const)
    for (const prepack of [true, false]) {
      const found = await evaluate({ y }, { x: matrix(1, 0, 0, 1) }, { optimization, prepack })
      expect(found.y).toEqual(matrix(1, 2, 3, 4))
    }
})

test('a profile is written where it was asked for', async () => {
  const session = await open(doubled(), { profilePrefix: join(folder, 'profile') })
  await session.run({ x: matrix(1, 2, 3, 4) })
  session.endProfiling()
  expect((await readdir(folder)).filter((name) => name.startsWith('profile'))).toHaveLength(1)
})

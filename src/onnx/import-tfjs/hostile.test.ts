import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type GoldenGraph,
  goldenGraphs,
  type StoredModel,
  type StoredNode,
  writeGraph,
} from '../../../tests/support/tfjs-golden.ts'
import { importTfjs } from './import-tfjs.ts'

let home: string
let folder: string
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'vitrine-tfjs-'))
  folder = join(home, 'model')
  await mkdir(folder)
  await writeFile(join(home, 'secret.bin'), new Uint8Array(5000))
})
afterEach(() => rm(home, { recursive: true }))

const golden = (title: string): GoldenGraph =>
  structuredClone(goldenGraphs().find((one) => one.title === title)!)
const node = (model: StoredModel, name: string): StoredNode =>
  model.modelTopology.node.find((one) => one.name === name)!

async function refusal(title: string, spoil: (model: StoredModel) => void): Promise<unknown> {
  const graph = golden(title)
  spoil(graph.model)
  const path = await writeGraph(folder, graph)
  return importTfjs(path).catch((error: unknown) => error)
}

const manifest = ({ weightsManifest: [group] }: StoredModel) => group!
const big = { list: { i: ['1', '999999999', '999999999', '1'] } }

test.each<[string, string, (model: StoredModel) => void, RegExp, string]>([
  [
    'a path upward',
    'dense layers',
    (m) => (manifest(m).paths = ['../secret.bin']),
    /only files in the model's own folder/,
    'InvalidInput',
  ],
  [
    'an absolute path',
    'dense layers',
    (m) => (manifest(m).paths = ['/etc/hostname']),
    /only files in the model's own folder/,
    'InvalidInput',
  ],
  [
    'an address',
    'dense layers',
    (m) => (manifest(m).paths = ['http://example.org/w.bin']),
    /cannot be read/,
    'NotFound',
  ],
  [
    'a missing shard',
    'dense layers',
    (m) => manifest(m).paths.push('group1-shard2of2.bin'),
    /group1-shard2of2\.bin" cannot be read/,
    'NotFound',
  ],
  [
    'a folder for a shard',
    'dense layers',
    (m) => (manifest(m).paths = ['.']),
    /only files in the model's own folder/,
    'InvalidInput',
  ],
  [
    'a shape that the bytes do not fill',
    'dense layers',
    (m) => (manifest(m).weights[0]!.shape = [5, 5]),
    /weight "b" of shape \[5\] wants bytes|have \d+ bytes|wants bytes/,
    'InvalidInput',
  ],
  [
    'a shape of many elements',
    'dense layers',
    (m) => (manifest(m).weights[0]!.shape = [2e9, 2e9, 2e9]),
    /wants bytes 0 to/,
    'InvalidInput',
  ],
  [
    'a negative shape',
    'dense layers',
    (m) => (manifest(m).weights[0]!.shape = [-5, -4]),
    /weightsManifest\.0\.weights\.0\.shape/,
    'InvalidInput',
  ],
  [
    'bytes left over',
    'dense layers',
    (m) => manifest(m).weights.pop(),
    /have \d+ bytes, its weights take/,
    'InvalidInput',
  ],
  [
    'texts as weights',
    'dense layers',
    (m) => (manifest(m).weights[0]!.dtype = 'string'),
    /weight "w" is string/,
    'UnsupportedOp',
  ],
  [
    'an unknown way of storing',
    'dense layers',
    (m) => (manifest(m).weights[0]!.quantization = { dtype: 'int4' }),
    /quantization\.dtype/,
    'InvalidInput',
  ],
  [
    'a weight twice',
    'dense layers',
    (m) => (manifest(m).weights[1]!.name = 'w'),
    /weight "w" is there twice/,
    'InvalidInput',
  ],
  [
    'a constant without bytes',
    'dense layers',
    (m) => (manifest(m).weights[0]!.name = 'other'),
    /Const "w": has no entry/,
    'InvalidInput',
  ],
  [
    'a cycle',
    'dense layers',
    (m) => (node(m, 'hidden').input[0] = 'same'),
    /depends on itself/,
    'InvalidInput',
  ],
  [
    'an input that is no node',
    'dense layers',
    (m) => (node(m, 'hidden').input[0] = 'y'),
    /node "hidden" takes "y", which is no node/,
    'InvalidInput',
  ],
  [
    'an output that its node lacks',
    'dense layers',
    (m) => (node(m, 'hidden').input[0] = 'x:3'),
    /takes "x:3", which is not there/,
    'InvalidInput',
  ],
  [
    'two nodes of a name',
    'dense layers',
    (m) => (node(m, 'soft').name = 'out'),
    /two nodes share a name/,
    'InvalidInput',
  ],
  [
    'a node without inputs',
    'dense layers',
    (m) => (node(m, 'hidden').input = []),
    /_FusedMatMul "hidden": has 0 inputs/,
    'InvalidInput',
  ],
  [
    'an operator named like a property',
    'dense layers',
    (m) => (node(m, 'soft').op = 'constructor'),
    /is not read here/,
    'UnsupportedOp',
  ],
  [
    'an unknown activation',
    'dense layers',
    (m) => (node(m, 'hidden').attr.fused_ops = { list: { s: ['QmlhczM='] } }),
    /has Bias3 fused into it/,
    'UnsupportedOp',
  ],
  [
    'an open picture size',
    'depthwise convolutions',
    (m) =>
      (node(m, 'x').attr.shape = {
        shape: { dim: [{ size: '1' }, { size: '-1' }, { size: '5' }, { size: '3' }] },
      }),
    /Placeholder "x": its shape is \[1, -1, 5, 3\]/,
    'UnsupportedOp',
  ],
  [
    'a huge input',
    'depthwise convolutions',
    (m) =>
      (node(m, 'x').attr.shape = {
        shape: { dim: [{ size: '1' }, { size: '99999999' }, { size: '9999' }, { size: '3' }] },
      }),
    /at most 134217728 elements/,
    'Shape',
  ],
  [
    'a huge stride',
    'depthwise convolutions',
    (m) => (node(m, 'twice').attr.strides = { list: { i: ['1', '1e999', '1', '1'] } }),
    /strides is "1e999", wanted a whole number/,
    'InvalidInput',
  ],
  [
    'an unknown padding',
    'depthwise convolutions',
    (m) => (node(m, 'twice').attr.padding = { s: 'ISBB' }),
    /padding is "! A", wanted SAME/,
    'InvalidInput',
  ],
  [
    'channels first',
    'depthwise convolutions',
    (m) => (node(m, 'twice').attr.data_format = { s: 'TkNIVw==' }),
    /data_format is NCHW/,
    'UnsupportedOp',
  ],
  [
    'a filter of other channels',
    'depthwise convolutions',
    (m) =>
      (node(m, 'x').attr.shape = {
        shape: { dim: [{ size: '1' }, { size: '6' }, { size: '5' }, { size: '4' }] },
      }),
    /DepthwiseConv2dNative ".*": Conv: input/,
    'Shape',
  ],
  [
    'a huge window',
    'pictures',
    (m) => (node(m, 'valid').attr.ksize = big),
    /MaxPool "valid": MaxPool: kernel/,
    'Shape',
  ],
  [
    'sizes that are fed',
    'pictures',
    (m) => (node(m, 'half').input[1] = 'x'),
    /computed from what is fed/,
    'UnsupportedOp',
  ],
  [
    'parts without end',
    'arrangement',
    (m) => {
      m.signature.outputs = { together: { name: 'together:0' } }
      node(m, 'x').attr.shape = { shape: { dim: [{ size: '1' }, { size: '5000' }] } }
    },
    /Unpack "parts": would have 5000 outputs/,
    'Shape',
  ],
])('%s is refused', async (_, title, spoil, message, code) => {
  expect(await refusal(title, spoil)).toMatchObject({
    code,
    message: expect.stringMatching(message),
  })
})

test('sizes in the weights cannot make a tensor without bounds', async () => {
  for (const name of ['larger', 'pads']) {
    const graph = golden('pictures')
    const entry = manifest(graph.model).weights
    let at = 0
    for (const { name: weight, shape } of entry) {
      const size = 4 * shape.reduce((a, b) => a * b, 1)
      if (weight === name)
        new Int32Array(graph.weights.buffer, graph.weights.byteOffset + at, size / 4).fill(2e9)
      at += size
    }
    await expect(importTfjs(await writeGraph(folder, graph))).rejects.toMatchObject({
      code: 'Shape',
      message: expect.stringMatching(/at most 134217728 elements are computed/),
    })
  }
})

test('a link out of the folder, a file that is no model and one that is none at all', async () => {
  const graph = golden('dense layers')
  const path = await writeGraph(folder, graph)
  await rm(join(folder, 'weights.bin'))
  await symlink(join(home, 'secret.bin'), join(folder, 'weights.bin'))
  await expect(importTfjs(path)).rejects.toThrow(/is a link out of the model's folder/)
  await writeFile(path, '{ "format": "layers-model" }')
  await expect(importTfjs(path)).rejects.toThrow(/is a layers model/)
  await writeFile(path, '[1, 2]')
  await expect(importTfjs(path)).rejects.toThrow(/is no graph model of TensorFlow.js/)
  await writeFile(path, '{ "modelTopology":')
  await expect(importTfjs(path)).rejects.toThrow(/is not JSON/)
  await expect(importTfjs(folder)).rejects.toThrow(/is not a file/)
  await expect(importTfjs(join(folder, 'gone.json'))).rejects.toMatchObject({ code: 'NotFound' })
})

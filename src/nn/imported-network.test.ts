import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { torchExport } from '../../tests/support/torch-export.ts'
import { trainingMode } from '../../tests/support/training-mode.ts'
import { gradients } from '../autodiff/index.ts'
import { rngFromSeed } from '../core/index.ts'
import {
  constant,
  input,
  mul,
  type Parameter,
  readModel,
  reduceSum,
  type StateUpdate,
  toValues,
} from '../onnx/index.ts'
import { evaluate, measureShapes } from '../runtime/index.ts'
import { importNetwork } from './import-network.ts'
import { parametersOf } from './layer.ts'

const session = { threads: 1 }
const inference = { kind: 'inference' } as const

test('it computes what the file does, and keeps its names and its free axes', async () => {
  const { path, golden, feeds, shapes } = torchExport('res-net-14.onnx')
  const network = await importNetwork(path, { inputs: shapes })
  const { y } = await evaluate({ y: network.apply(network.inputs, inference) }, feeds, session)
  expectClose(y, golden.output, 1e-5)
  expect(network.parameters.get('fc.weight')!.shape).toEqual([5, 8])
  expect(network.freeAxes).toEqual({
    pixels: ['batch', null, 'height', 'width'],
    output: ['batch', null],
  })
})

test('cut at an inner value it gives that value, and has no weights behind it', async () => {
  const { path, feeds, shapes } = torchExport('res-net-14.onnx')
  const graph = await readModel(path)
  const pooled = graph.nodes.find(({ op }) => op === 'Flatten')!.outputs[0]!
  const network = await importNetwork(graph, { inputs: shapes, output: pooled })
  expect([...network.parameters.keys()].filter((name) => name.startsWith('fc'))).toEqual([])
  const whole = toValues(graph, await measureShapes(graph, feeds, session))
  const [gemm] = whole.outputs.output!.kind === 'computed' ? [whole.outputs.output!.node] : []
  const cut = network.apply(network.inputs.pixels!, inference)
  expect((await evaluate({ y: cut }, feeds, session)).y).toEqual(
    (await evaluate({ y: gemm!.inputs[0]! }, feeds, session)).y,
  )
  await expect(importNetwork(graph, { inputs: shapes, output: 'gone' })).rejects.toThrow(
    /computes nothing named "gone"; its outputs are "output", the last values before them .*Flatten/,
  )
})

test('trained by the statistics of its batches it does what PyTorch does', async () => {
  const { path, golden, feeds, shapes, weighting } = torchExport('res-net-14.onnx')
  const network = await importNetwork(path, { inputs: shapes, batchNormalization: 'batch' })
  const updates: StateUpdate[] = []
  const output = network.apply(network.inputs, trainingMode({ updates }))
  const names = new Map([...network.parameters].map(([name, one]) => [one, name]))
  const weights = [...network.learned()].filter(([, { role }]) => role === 'weight')
  const loss = reduceSum(mul(output, constant(weighting)))
  const slopes = gradients(
    loss,
    weights.map(([, weight]) => weight),
  )
  const found = await evaluate<string>(
    {
      output,
      ...Object.fromEntries(weights.map(([name], i) => [`d ${name}`, slopes[i]!])),
      ...Object.fromEntries(updates.map(({ state, next }) => [`next ${names.get(state)}`, next])),
    },
    feeds,
    session,
  )
  const training = golden.training!
  expectClose(found.output!, training.output, 1e-5)
  for (const [name, wanted] of Object.entries(training.gradients))
    expectClose(found[`d ${name}`]!, wanted, 1e-4, name)
  expect(updates).toHaveLength(Object.keys(training.statistics).length)
  for (const [name, wanted] of Object.entries(training.statistics))
    expectClose(found[`next ${name}`]!, wanted, 1e-5, name)
})

test('layers that are not trained keep their running statistics', async () => {
  const { path, shapes } = torchExport('res-net-14.onnx')
  const network = await importNetwork(path, {
    inputs: shapes,
    batchNormalization: 'batch',
    trainable: /^layer2/,
  })
  const updates: StateUpdate[] = []
  network.apply(network.inputs, trainingMode({ updates }))
  const names = new Map([...network.parameters].map(([name, one]) => [one, name]))
  expect(updates.map(({ state }) => names.get(state)).sort()).toEqual(
    ['bn1', 'bn2', 'down.1'].flatMap((layer) =>
      ['running_mean', 'running_var'].map((name) => `layer2.${layer}.${name}`),
    ),
  )
  expect([...parametersOf({ network }).keys()].every((name) => /^network\.layer2/.test(name))).toBe(
    true,
  )
  // an expression that remembers where it was must not skip every other name
  const global = await importNetwork(path, { inputs: shapes, trainable: /layer2/g })
  const weights = [...network.learned()].filter(([, { role }]) => role === 'weight')
  expect([...global.learned().keys()]).toEqual(weights.map(([name]) => name))
  const frozen = await importNetwork(path, { inputs: shapes, trainable: /^layer2/ })
  const none: StateUpdate[] = []
  frozen.apply(frozen.inputs, trainingMode({ updates: none }))
  expect(none).toEqual([])
})

test('statistics that the exporter passes on by an Identity are moved too', async () => {
  const { path, shapes } = torchExport('res-net-14.onnx')
  const graph = await readModel(path)
  const mean = 'stem.1.running_mean'
  const passed = {
    name: '',
    op: 'Identity',
    domain: '',
    inputs: [mean],
    outputs: ['passed'],
    attributes: {},
  }
  const nodes = graph.nodes.map((node) => ({
    ...node,
    inputs: node.inputs.map((name) => (name === mean ? 'passed' : name)),
  }))
  const changed = { ...graph, nodes: [passed, ...nodes] }
  const options = { inputs: shapes, batchNormalization: 'batch', trainable: /^stem/ } as const
  const network = await importNetwork(changed, options)
  const updates: StateUpdate[] = []
  network.apply(network.inputs, trainingMode({ updates }))
  expect(updates.map(({ state }) => state)).toEqual(
    [mean, 'stem.1.running_var'].map((name) => network.parameters.get(name)),
  )
})

test('the last layers are those that are used last, with what follows the first of them', async () => {
  const { path, shapes } = torchExport('vit-14.onnx')
  const trained = async (lastLayers: number) => {
    const network = await importNetwork(path, { inputs: shapes, trainable: { lastLayers } })
    return [...network.learned().values()].map(
      (one) => [...network.parameters].find(([, other]) => other === one)![0],
    )
  }
  const one = ['blocks.1.fc2.bias', 'norm.bias', 'norm.weight', 'onnx::MatMul_331']
  expect((await trained(1)).sort()).toEqual(one)
  expect((await trained(2)).sort()).toEqual(
    [...one, 'blocks.1.fc1.bias', 'onnx::MatMul_330'].sort(),
  )
  // patches, and four matrices in each of two blocks
  await expect(trained(10)).rejects.toThrow(/last 10 layers are wanted, the network has 9/)
  const all = (await importNetwork(path, { inputs: shapes })).parameters
  expect((await trained(9)).sort()).toEqual([...all.keys()].sort())
  expect(await trained(8)).not.toContain('patch.weight')
})

test('a tensor that stands at both ends is one parameter, trained as the last of its places', async () => {
  const { path, shapes } = torchExport('text-14.onnx')
  const network = await importNetwork(path, { inputs: shapes, trainable: { lastLayers: 1 } })
  expect([...network.parameters.values()].filter(({ shape }) => shape[0] === 11)).toHaveLength(1)
  const tied = network.parameters.get('tokens.weight')!
  expect([...network.learned().values()].includes(tied)).toBe(true)
})

test('what fits no weight is asked about', async () => {
  const { path, shapes } = torchExport('res-net-14.onnx')
  const trained = (trainable: RegExp | ((name: string) => boolean)) =>
    importNetwork(path, { inputs: shapes, trainable })
  await expect(trained(/encoder/)).rejects.toThrow(
    /trainable: \/encoder\/ fits none of the weights stem\.0\.weight.*say 'none'/,
  )
  await expect(trained(() => false)).rejects.toThrow(/the function fits none/)
  const none = await importNetwork(path, { inputs: shapes, trainable: 'none' })
  expect(none.learned().size).toBe(0)
})

test('it is applied to other sizes once they are measured, with the same parameters', async () => {
  const { path, feeds, shapes } = torchExport('vit-16.onnx')
  const network = await importNetwork(path, { inputs: shapes })
  const larger = random('float32', [1, 3, 24, 12], rngFromSeed(3))
  const x = input('pixels', larger.shape)
  expect(() => network.apply(x, inference)).toThrow(
    /ready for pixels \[2, 3, 16, 20\], not for pixels \[1, 3, 24, 12\]; call measure/,
  )
  await network.measure({ pixels: larger.shape })
  const fresh = await importNetwork(path, { inputs: { pixels: larger.shape } })
  const first = await evaluate({ y: network.apply(x, inference) }, { pixels: larger }, session)
  const second = await evaluate({ y: fresh.apply(x, inference) }, { pixels: larger }, session)
  expect(first).toEqual(second)
  const [a, b] = [network.apply(x, inference), network.apply(network.inputs, inference)]
  const weight: Parameter = network.parameters.get('patch.weight')!
  for (const y of [a, b]) expect(gradients(reduceSum(y), [weight])).toHaveLength(1)
  expect((await evaluate({ y: b }, feeds, session)).y.shape).toEqual([2, 12])
})

test('several inputs go by their names, and one that is missing is named', async () => {
  const { path, golden, feeds, shapes } = torchExport('text-11.onnx')
  const network = await importNetwork(path, { inputs: shapes })
  const [ids, mask] = [network.inputs.input_ids!, network.inputs.attention_mask!]
  const y = network.apply({ attention_mask: mask, input_ids: ids }, inference)
  expectClose((await evaluate({ y }, feeds, session)).y, golden.output, 1e-5)
  expect(() => network.apply(ids, inference)).toThrow(
    /its input "attention_mask" is not given; it takes "input_ids", "attention_mask"/,
  )
  await expect(importNetwork(path, { inputs: { input_ids: [2, 6] } })).rejects.toThrow(
    /nothing says how large its input "attention_mask" is \(\[batch, length\] in the file\).*given for "input_ids"/,
  )
  await expect(
    importNetwork(path, { inputs: { ...shapes, attention_mask: [2, 6, 1] } }),
  ).rejects.toThrow(/"attention_mask" is \[batch, length\] in the file.* \[2, 6, 1\]/)
})

test('of several outputs one is to be named', async () => {
  const { path, shapes } = torchExport('res-net-14.onnx')
  const graph = await readModel(path)
  const two = { ...graph, outputs: [...graph.outputs, { ...graph.outputs[0]!, name: 'more' }] }
  await expect(importNetwork(two, { inputs: shapes })).rejects.toThrow(
    /the model has the outputs "output", "more"; name one as `output`/,
  )
})

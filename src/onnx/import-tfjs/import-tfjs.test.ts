import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { expectClose } from '../../../tests/support/expect-close.ts'
import { fedTensor, goldenGraphs, writeGraph } from '../../../tests/support/tfjs-golden.ts'
import { openSession } from '../../runtime/index.ts'
import { reachable } from '../order.ts'
import { readModel } from '../read.ts'
import type { Value } from '../value.ts'
import { writeModel } from '../write.ts'
import { importTfjs } from './import-tfjs.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-tfjs-'))
})
afterEach(() => rm(folder, { recursive: true }))

const graphs = goldenGraphs()

test.each(graphs)('$title compute what TensorFlow.js computes', async (golden) => {
  const { inputs, outputs } = await importTfjs(await writeGraph(folder, golden), { batch: 2 })
  const [fed] = inputs.keys()
  const session = await openSession(writeModel(outputs))
  try {
    const results = await session.run({ [fed!]: fedTensor(golden) })
    expect(Object.keys(results).sort()).toEqual(Object.keys(golden.outputs).sort())
    for (const [name, { shape, data }] of Object.entries(golden.outputs)) {
      expect(results[name]!.shape, name).toEqual(shape)
      expectClose(results[name]!, data, 1e-5, name)
    }
  } finally {
    await session.close()
  }
})

const nodesOf = (outputs: Readonly<Record<string, Value>>) =>
  reachable(Object.values(outputs)).nodes.map(({ op }) => op)

test('nothing is moved between convolutions; only what leaves in the old order', async () => {
  const path = await writeGraph(folder, graphs[0]!)
  const { outputs } = await importTfjs(path, { outputs: ['after'] })
  expect(nodesOf(outputs)).toEqual(['Conv', 'Clip', 'Conv', 'Transpose'])
})

test('limits of limits are one', async () => {
  const path = await writeGraph(folder, graphs.find(({ title }) => title === 'broadcasting')!)
  const { outputs } = await importTfjs(path, { outputs: ['least'] })
  expect(nodesOf(outputs)).toEqual(['Mul', 'Clip', 'Transpose'])
})

test('only what the wanted outputs need is read, by names of outputs or of nodes', async () => {
  const golden = graphs.find(({ title }) => title === 'dense layers')!
  golden.model.modelTopology.node.push({ name: 'odd', op: 'Odd', input: ['soft'], attr: {} })
  const path = await writeGraph(folder, golden)
  const { outputs } = await importTfjs(path, { outputs: ['hidden', 'out'] })
  expect(nodesOf(outputs)).toEqual(['Gemm', 'Relu', 'Gemm'])
  await expect(importTfjs(path, { outputs: ['odd'] })).rejects.toThrow(
    /model\.json: Odd "odd": is not read here; read are .*Conv2D/,
  )
  await expect(importTfjs(path, { outputs: ['hiden'] })).rejects.toThrow(
    /has no output "hiden", did you mean hidden\?/,
  )
})

test('what was imported is a model like any other: written, read, and its weights are once there', async () => {
  const golden = graphs.find(({ title }) => title === 'convolutions')!
  const { outputs } = await importTfjs(await writeGraph(folder, golden))
  const { initializers } = await readModel(writeModel(outputs))
  const filters = [...initializers.values()].filter(({ shape }) => shape.length === 4)
  // w3 serves eight convolutions
  expect(filters.map(({ shape }) => shape.join()).sort()).toEqual(
    ['1,4,1,1', '2,3,2,4', '2,4,1,1', '4,3,3,3'].sort(),
  )
})

import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { rngFromSeed } from '../src/core/index.ts'
import { importNetwork, Linear } from '../src/nn/index.ts'
import { readModel, type Value, writeModel } from '../src/onnx/index.ts'
import { evaluate, openSession } from '../src/runtime/index.ts'
import { expectClose } from './support/expect-close.ts'
import { fineTune, labelsOf } from './support/fine-tune.ts'
import { inHalfPrecision, withQuantisedMatrices } from './support/stored-precision.ts'
import { torchExport } from './support/torch-export.ts'

const session = { threads: 1 }
const stored = [
  { name: 'half precision', change: inHalfPrecision, tolerance: 5e-3 },
  { name: 'matrices of 8 bits', change: withQuantisedMatrices, tolerance: 5e-2 },
]

describe.each(stored)('a file with $name', ({ change, tolerance }) => {
  test.each(['vit-16.onnx', 'text-16.onnx'])('%s is read in single precision', async (file) => {
    const { path, golden, feeds, shapes } = torchExport(file)
    const model = change(readFileSync(path))
    const graph = await readModel(model)
    for (const { dtype } of [...graph.inputs, ...graph.outputs])
      expect(['float32', 'int64']).toContain(dtype)
    const network = await importNetwork(graph, { inputs: shapes })
    const y = network.apply(network.inputs, { kind: 'inference' })
    expectClose((await evaluate({ y }, feeds, session)).y, golden.output, tolerance)
    // as many weights as the file in single precision has, by the same names
    const plain = await importNetwork(path, { inputs: shapes })
    expect([...network.parameters.keys()].sort()).toEqual([...plain.parameters.keys()].sort())
  })

  test('it is fine-tuned, and served in single precision', async () => {
    const { path, feeds, shapes } = torchExport('vit-16.onnx')
    const network = await importNetwork(change(readFileSync(path)), { inputs: shapes })
    const head = new Linear({ inputs: 12, outputs: 2 }, rngFromSeed(1))
    const batch = () => ({ ...feeds, labels: labelsOf(0, 1) })
    const { losses } = await fineTune({ network, head, batch, steps: 15, rate: 0.003 })
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 4)
    const y: Value = head.apply(network.apply(network.inputs, { kind: 'inference' }))
    const served = await openSession(writeModel({ y }, { freeBatch: 'batch' }), session)
    try {
      expectClose((await served.run(feeds)).y!, (await evaluate({ y }, feeds, session)).y, 1e-5)
    } finally {
      await served.close()
    }
  })
})

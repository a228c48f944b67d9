import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { gradients } from '../src/autodiff/index.ts'
import { rngFromSeed } from '../src/core/index.ts'
import {
  constant,
  type GraphValue,
  mul,
  readModel,
  reduceSum,
  toValues,
  writeModel,
} from '../src/onnx/index.ts'
import { evaluate, measureShapes, type NamedTensors, openSession } from '../src/runtime/index.ts'
import { type DType, sizeOf, type Tensor, tensor } from '../src/tensor/index.ts'
import { expectClose } from './support/expect-close.ts'
import { random } from './support/random-tensor.ts'

// Files that PyTorch's own exporter wrote, with what PyTorch computes in float64:
// tests/golden/onnx/make.py.
const folder = join(import.meta.dirname, 'golden/onnx')
const files = readdirSync(folder).filter((name) => name.endsWith('.onnx'))
const session = { threads: 1 }

interface Numbers {
  readonly dtype: DType
  readonly shape: readonly number[]
  readonly data: readonly number[]
}
type Named = Readonly<Record<string, Numbers>>
/** What comes out, and the gradients of Σ output · weighting. */
interface Results {
  readonly output: Numbers
  readonly inputGradients: Named
  readonly gradients: Named
}
interface Golden extends Results {
  readonly inputs: Named
  readonly weighting: Numbers
  readonly parameters: Named
  /** By the statistics of the batch, and what the running ones become. */
  readonly training?: Results & { readonly statistics: Named }
}

const tensorOf = ({ dtype, shape, data }: Numbers): Tensor =>
  dtype === 'int64'
    ? tensor('int64', shape, BigInt64Array.from(data, BigInt))
    : tensor('float32', shape, Float32Array.from(data))

async function read(file: string) {
  const path = join(folder, file)
  const text = readFileSync(path.replace(/-\d+\.onnx$/, '.json'), 'utf8')
  const golden = JSON.parse(text) as Golden
  const feeds = Object.fromEntries(
    Object.entries(golden.inputs).map(([name, numbers]) => [name, tensorOf(numbers)]),
  )
  const graph = await readModel(path)
  const values = toValues(graph, await measureShapes(graph, feeds, session))
  return { path, graph, golden, feeds, values }
}

describe.each(files)('%s', (file) => {
  test('computes what PyTorch computes', async () => {
    const { golden, feeds, values } = await read(file)
    const { output } = await evaluate({ output: values.outputs.output! }, feeds, session)
    expect(output.shape).toEqual(golden.output.shape)
    expectClose(output, golden.output, 1e-5)
  })

  test('has the gradients that PyTorch has, of weights and of inputs', async () => {
    const { golden, feeds, values } = await read(file)
    const loss = reduceSum(mul(values.outputs.output!, constant(tensorOf(golden.weighting))))
    const weights = [...values.parameters].filter(([, { role }]) => role === 'weight')
    const inputs = [...values.inputs].filter(([name]) => name in golden.inputGradients)
    const wrt = [...weights, ...inputs]
    const slopes = gradients(
      loss,
      wrt.map(([, value]) => value),
    )
    const named = Object.fromEntries(wrt.map(([name], i) => [`d ${name}`, slopes[i]!]))
    const found = await evaluate(named, feeds, session)
    for (const [name] of inputs)
      expectClose(found[`d ${name}`]!, golden.inputGradients[name]!, 2e-5, name)
    const ours = sumByContent(weights.map(([name, { data }]) => [data, found[`d ${name}`]!.data]))
    const parts = Object.entries(golden.parameters)
    const theirs = sumByContent(
      parts.map(([name, { data }]) => [data, golden.gradients[name]!.data]),
    )
    const missing = parts.filter(([name, { data }]) => {
      const there = data.map(Math.fround).filter((x) => ours.has(x))
      const wanted = there.map((x) => theirs.get(x)!)
      if (there.length > 0)
        expectClose(
          there.map((x) => ours.get(x)!),
          wanted,
          2e-5,
          name,
        )
      return there.length < data.length
    })
    // only where the exporter put the normalisation into the kernels are these not those of PyTorch
    const changed = file === 'res-net-11.onnx' ? /^(?!fc)/ : /^$/
    expect(missing.map(([name]) => name)).toEqual(
      parts.map(([name]) => name).filter((name) => changed.test(name)),
    )
  })

  test('written again it computes the same, for inputs of other sizes too', async () => {
    const { path, graph, feeds, values } = await read(file)
    const parameterNames = new Map([...values.parameters].map(([name, one]) => [one, name]))
    const again = writeModel(values.outputs, { parameterNames, freeAxes: values.freeAxes })
    expect((await readModel(again)).inputs).toEqual(graph.inputs)
    for (const given of [feeds, larger(graph.inputs, feeds)]) {
      const [ours, theirs] = [await run(again, given), await run(path, given)]
      expect(ours.output!.shape).toEqual(theirs.output!.shape)
      expectClose(ours.output!, theirs.output!, 1e-6)
    }
  })
})

/**
 * The gradients by the content of the weights they belong to, whatever the exporter called those and
 * however it turned and joined them; those of weights that it stored twice are one.
 */
function sumByContent(pairs: readonly (readonly [ArrayLike<unknown>, ArrayLike<unknown>])[]) {
  const sums = new Map<number, number>()
  for (const [content, slopes] of pairs)
    for (let i = 0; i < content.length; i++) {
      const x = Math.fround(Number(content[i]))
      sums.set(x, (sums.get(x) ?? 0) + Number(slopes[i]))
    }
  return sums
}

/** Inputs whose free axes are longer. */
function larger(inputs: readonly GraphValue[], feeds: NamedTensors): NamedTensors {
  const more: Readonly<Record<string, number>> = { batch: 1, length: 2, height: 4, width: 8 }
  const rng = rngFromSeed(8)
  return Object.fromEntries(
    inputs.map(({ name, shape, dtype }) => {
      const sizes = feeds[name]!.shape.map((size, i) => size + (more[shape![i]!] ?? 0))
      if (dtype === 'float32') return [name, random('float32', sizes, rng)]
      const most = name === 'attention_mask' ? 2 : 9
      const data = BigInt64Array.from({ length: sizeOf(sizes) }, () => BigInt(rng.integer(most)))
      return [name, tensor('int64', sizes, data)]
    }),
  )
}

async function run(model: string | Uint8Array, feeds: NamedTensors): Promise<NamedTensors> {
  const opened = await openSession(model, session)
  try {
    return await opened.run(feeds)
  } finally {
    await opened.close()
  }
}

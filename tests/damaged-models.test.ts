import { expect, test } from 'vitest'
import { gradients } from '../src/autodiff/index.ts'
import { AppError, type Rng, rngFromSeed } from '../src/core/index.ts'
import * as onnx from '../src/onnx/index.ts'
import { measureShapes, openSession } from '../src/runtime/index.ts'
import type { Tensor } from '../src/tensor/index.ts'
import { random } from './support/random-tensor.ts'

const feeds = { x: random('float32', [2, 3, 8, 8], rngFromSeed(1)) }
const whole = modelFile()

/** A network with operators of many kinds: windows, reshaping, tables of integers, weights. */
function modelFile(): Uint8Array {
  const rng = rngFromSeed(2)
  const weight = (...shape: number[]) => onnx.parameter(random('float32', shape, rng))
  const x = onnx.input('x', feeds.x.shape)
  const pads = [1, 1, 1, 1] as const
  const seen = onnx.relu(onnx.conv(x, weight(4, 3, 3, 3), { pads, bias: weight(4) }))
  const flat = onnx.reshape(onnx.maxPool(seen, [2, 2]), [2, -1])
  const y = onnx.softmax(onnx.gemm(flat, weight(64, 5), { bias: weight(5) }))
  const cut = onnx.slice(y, [{ axis: 1, start: 0, end: 3 }])
  return onnx.writeModel({ y: onnx.add(cut, onnx.gather(y, onnx.integers([4, 0, 2]), 1)) })
}

/** The file cut off, with bits turned over, or with bytes exchanged. */
function damaged(rng: Rng): Uint8Array {
  const kind = rng.integer(3)
  if (kind === 0) return whole.slice(0, rng.integer(whole.length))
  const bytes = whole.slice()
  for (let count = 1 + rng.integer(4); count > 0; count--) {
    const place = rng.integer(bytes.length)
    bytes[place] = kind === 1 ? bytes[place]! ^ (1 << rng.integer(8)) : rng.integer(256)
  }
  return bytes
}

async function run(model: Uint8Array): Promise<Readonly<Record<string, Tensor>>> {
  const session = await openSession(model, { threads: 1 })
  try {
    return await session.run(feeds)
  } finally {
    await session.close()
  }
}

/** Everything that can be done with a model: read, measured, differentiated, written and run. */
async function fineTune(model: Uint8Array) {
  const graph = await onnx.readModel(model)
  const { outputs, parameters } = onnx.toValues(
    graph,
    await measureShapes(graph, feeds, { threads: 1 }),
  )
  const slopes = gradients(onnx.reduceSum(Object.values(outputs)[0]!), [...parameters.values()])
  return run(onnx.writeModel({ ...outputs, ...Object.fromEntries(slopes.entries()) }))
}

test('the whole model works', async () => {
  expect((await run(whole)).y!.shape).toEqual([2, 3])
  expect((await fineTune(whole))[3]!.shape).toEqual([5])
})

test.each(['run', 'fine-tuned'])(
  'a damaged model that is %s gives a result or a clear error, in little time and memory',
  async (how) => {
    const before = process.memoryUsage().rss
    const said = new Map<string, number>()
    for (let seed = 0; seed < 300; seed++) {
      const bytes = damaged(rngFromSeed(seed))
      const start = performance.now()
      const outcome = await (how === 'run' ? run(bytes) : fineTune(bytes)).then(
        () => 'result',
        (error: unknown) => {
          expect(error, `of seed ${seed}`).toBeInstanceOf(AppError)
          return (error as AppError).code
        },
      )
      expect(performance.now() - start, `milliseconds for seed ${seed}`).toBeLessThan(5000)
      said.set(outcome, (said.get(outcome) ?? 0) + 1)
    }
    expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 29)
    // whatever is damaged is noticed, but for a changed number
    expect(said.get('InvalidInput')).toBeGreaterThan(100)
    expect(said.get('result')).toBeGreaterThan(50)
  },
)

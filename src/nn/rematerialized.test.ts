import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { expectClose } from '../../tests/support/expect-close.ts'
import { random } from '../../tests/support/random-tensor.ts'
import { gradients } from '../autodiff/index.ts'
import { rngFromSeed } from '../core/index.ts'
import { add, input, mul, reduceMean, type StateUpdate, tanh, writeModel } from '../onnx/index.ts'
import { evaluate, openSession } from '../runtime/index.ts'
import { type Tensor, tensor } from '../tensor/index.ts'
import { BatchNorm } from './batch-norm.ts'
import { Dropout } from './dropout.ts'
import { type Layer, parametersOf, type Training } from './layer.ts'
import { Linear } from './linear.ts'
import { Rematerialized } from './rematerialized.ts'

/** Linear, normalised by the batch, tanh, some of it dropped. */
class Part implements Layer {
  readonly linear = new Linear({ inputs: 6, outputs: 6 }, rngFromSeed(1))
  readonly norm = new BatchNorm({ channels: 6 })
  readonly dropout = new Dropout({ rate: 0.5 })

  apply(x: ReturnType<typeof input>, mode: Training) {
    return this.dropout.apply(tanh(this.norm.apply(this.linear.apply(x), mode)), mode)
  }
}

/** Loss and all gradients of two parts one after another, and what the statistics become. */
function graphOf(wrap: (layer: Layer) => Layer) {
  const parts = [new Part(), new Part()].map((part) => wrap(part as Layer))
  const updates: StateUpdate[] = []
  const step = input('step', [])
  const mode: Training = { kind: 'training', updates, step, rng: rngFromSeed(2) }
  const x = input('x', [8, 6])
  const y = parts.reduce(
    (value, part) => part.apply(value, mode),
    x as Parameters<Layer['apply']>[0],
  )
  const loss = reduceMean(mul(y, y))
  const weights = [...parametersOf(parts).values()].filter(({ role }) => role === 'weight')
  const slopes = gradients(loss, [x, ...weights])
  const named = [...slopes, ...updates.map(({ next }) => next)].map((v, i) => [`v${i}`, v] as const)
  return { outputs: { loss, ...Object.fromEntries(named) }, updates }
}

const feeds = {
  x: random('float32', [8, 6], rngFromSeed(3)),
  step: tensor('float32', [], Float32Array.of(5)),
}

test('loss, gradients and running statistics are those of the layer itself', async () => {
  const [plain, wrapped] = [graphOf((part) => part), graphOf((part) => new Rematerialized(part))]
  expect(wrapped.updates).toHaveLength(plain.updates.length)
  const wanted: Record<string, Tensor> = await evaluate(plain.outputs, feeds)
  const found: Record<string, Tensor> = await evaluate(wrapped.outputs, feeds)
  expect(Object.keys(found)).toEqual(Object.keys(wanted))
  for (const name of Object.keys(wanted)) expectClose(found[name]!, wanted[name]!, 1e-6, name)
})

test('the forward pass really runs twice: the runtime does not merge the passes', async () => {
  const counts = []
  for (const wrap of [(part: Layer) => part, (part: Layer) => new Rematerialized(part)])
    counts.push((await operatorsRun(graphOf(wrap).outputs)).Tanh)
  expect(counts).toEqual([2, 4])
})

test('what else is learned on the way to the input may not be read: its gradient would be lost', () => {
  const [first, second] = [1, 2].map(
    (seed) => new Linear({ inputs: 6, outputs: 6 }, rngFromSeed(seed)),
  )
  const mode: Training = {
    kind: 'training',
    updates: [],
    step: input('step', []),
    rng: rngFromSeed(2),
  }
  const [x, bias] = [input('x', [8, 6]), mul(input('mask', [8, 6]), 2)]
  const hidden = first!.apply(add(x, bias))
  const reading = (other: typeof hidden) =>
    new Rematerialized({ apply: (y) => add(second!.apply(y), other) }).apply(tanh(hidden), mode)
  expect(() => reading(hidden)).toThrow(/besides its input the layer reads \[8, 6\] of Gemm/)
  expect(gradients(reduceMean(reading(bias)), [second!.weight])).toHaveLength(1)
})

/** How often each operator runs, by the runtime's own profile. */
async function operatorsRun(outputs: Parameters<typeof writeModel>[0]) {
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-profile-'))
  try {
    const session = await openSession(writeModel(outputs), { profilePrefix: join(folder, 'p') })
    const given = Object.entries(feeds).filter(([name]) => session.inputNames.includes(name))
    await session.run(Object.fromEntries(given))
    session.endProfiling()
    await session.close()
    const [file] = await readdir(folder)
    const events: { cat: string; name: string; args: { op_name?: string } }[] = JSON.parse(
      await readFile(join(folder, file!), 'utf8'),
    )
    const counts: Record<string, number> = {}
    for (const { cat, name, args } of events)
      if (cat === 'Node' && name.endsWith('_kernel_time'))
        counts[args.op_name!] = (counts[args.op_name!] ?? 0) + 1
    return counts
  } finally {
    await rm(folder, { recursive: true })
  }
}

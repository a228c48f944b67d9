import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { rngFromSeed } from '../src/core/index.ts'
import { Conv, type Mode, parametersOf } from '../src/nn/index.ts'
import { input, mul, reduceMean, relu } from '../src/onnx/index.ts'
import { constantRate, exponentialAverage, sgd } from '../src/optim/index.ts'
import { blockSize } from '../src/runtime/blocked/block-size.ts'
import { tensor } from '../src/tensor/index.ts'
import { type StepPlan, train } from '../src/train/index.ts'
import { expectClose } from './support/expect-close.ts'
import { random } from './support/random-tensor.ts'

const block = await blockSize()
const [batch, channels, side] = [32, 16, 5]
const pictures = random('float32', [batch, channels, side, side], rngFromSeed(4))

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-blocked-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

/** Three steps on the same pictures, in so many parts each; the weights after them. */
async function trained(parts: number, plan: Partial<StepPlan> = {}) {
  const rng = rngFromSeed(1)
  const sizes = { inputs: channels, outputs: channels, kernel: 3 }
  const network = { first: new Conv(sizes, rng), second: new Conv(sizes, rng) }
  const size = batch / parts
  const x = input('x', [size, channels, side, side])
  const build = (_: Mode) => {
    const y = network.second.apply(relu(network.first.apply(x)))
    return { loss: reduceMean(mul(y, y)) }
  }
  const length = size * channels * side * side
  const feeds = async (_: number, part: number) => {
    const start = (part % parts) * length
    return { x: tensor('float32', x.shape, pictures.data.slice(start, start + length)) }
  }
  const phases = [{ epochs: 1, stepsPerEpoch: 3, build, feeds }]
  const validate = async () => ({ score: 1, metrics: {} })
  const judged = { validate, validateEvery: 1, patience: 1, schedule: constantRate(0.05) }
  const how = { optimizer: sgd({ momentum: 0.9 }), accumulate: parts, ...plan }
  await train(
    { network, phases, ...judged, ...how },
    { folder: join(folder, `${parts}`), identity: 'a' },
  )
  return parametersOf(network)
}

test.skipIf(block === 0).each([
  { what: 'plain', plan: {} },
  { what: 'clipped', plan: { clip: { norm: 0.01 } } },
  { what: 'averaged', plan: { average: exponentialAverage({ decay: 0.5 }) } },
])(
  'blocked convolutions learn the same from two parts of a batch as from all of it, $what',
  async ({ plan }) => {
    const [whole, parts] = [await trained(1, plan), await trained(2, plan)]
    const start = parametersOf(
      new Conv({ inputs: channels, outputs: channels, kernel: 3 }, rngFromSeed(1)),
    )
    for (const [name, { data }] of whole)
      expectClose(parts.get(name)!, data as Float32Array, 1e-5, name)
    expect(whole.get('first.weight')!.data).not.toEqual(start.get('weight')!.data)
  },
)

// Our side of bench/training-networks.ts. Arguments: the network's name, a folder into which what the
// peer needs is written, threads. Then as the peer: a number of steps a line, a line of JSON back.
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { rngFromSeed } from '../../src/core/index.ts'
import { parametersOf } from '../../src/nn/index.ts'
import { compileStep } from '../../src/runtime/index.ts'
import { tensor } from '../../src/tensor/index.ts'
import { buildStep } from '../../src/train/index.ts'
import { networkCases } from './networks.ts'

const [name = '', folder = '', threads = '1', profile] = process.argv.slice(2)
const chosen = networkCases[name]!(rngFromSeed(1))
const { network, settings, optimizer, learningRate, feeds, build } = chosen
writeSetup()
const start = performance.now()
const phase = { epochs: 1, stepsPerEpoch: 1, build, feeds: async () => feeds }
const graph = buildStep({ phase, plan: { network, optimizer }, rng: rngFromSeed(2) })
const session = {
  threads: Number(threads),
  ...(profile === undefined ? {} : { profilePrefix: profile }),
}
const step = await compileStep({ ...graph, session })
say({ version: process.version, threads: Number(threads), compileMs: performance.now() - start })
const number = (x: number) => tensor('float32', [], Float32Array.of(x))
let done = 0
for await (const line of createInterface({ input: process.stdin })) {
  const [times, losses]: [number[], number[]] = [[], []]
  for (let i = 0; i < Number(line); i++) {
    const begun = performance.now()
    const given = { ...feeds, learningRate: number(learningRate), step: number(++done) }
    const { loss } = await step.run(given)
    times.push(performance.now() - begun)
    losses.push(Number(loss!.data[0]))
  }
  const { maxRSS, userCPUTime } = process.resourceUsage()
  say({ times, losses, peakMiB: maxRSS / 1024, cpuMs: userCPUTime / 1000 })
}
await step.close()

function say(fields: object): void {
  process.stdout.write(`${JSON.stringify(fields)}\n`)
}

/** Weights and inputs one after another, and what they are. */
function writeSetup(): void {
  const parameters = [...parametersOf(network)]
  const inputs = Object.values(feeds)
  const setup = {
    network: chosen.peer ?? name,
    optimizer: settings,
    settings: chosen.details ?? {},
    weights: parameters.map(([path, { shape }]) => ({ name: path, shape })),
    inputs: inputs.map(({ shape, dtype }) => ({ shape, integers: dtype === 'int64' })),
  }
  writeFileSync(join(folder, 'setup.json'), JSON.stringify(setup))
  write(
    'weights.f32',
    parameters.map(([, { data }]) => data as Float32Array),
  )
  write(
    'inputs.f32',
    inputs.map(({ data }) => Float32Array.from(data, Number)),
  )
}

function write(file: string, arrays: readonly Float32Array[]): void {
  const bytes = arrays.map((array) => Buffer.from(array.buffer, array.byteOffset, array.byteLength))
  writeFileSync(join(folder, file), Buffer.concat(bytes))
}

// Question: how long does a training step of the shipped encoder take beside PyTorch's?
//
// Forward pass, triplet loss with mining, backward pass and Adam of recipe grocery-triplet on one
// batch of its largest pictures. The peer, PyTorch (Debian's python3-torch), is another process that
// times itself: the same network from the same weights, the same batch, as many threads; that both
// compute the same shows in their losses. They take turns of a few steps each.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { rngFromSeed } from '../src/core/index.ts'
import { curationRecipes, tripletGraph } from '../src/curation/index.ts'
import { CompactConvNet, type Mode, parametersOf } from '../src/nn/index.ts'
import { adam } from '../src/optim/index.ts'
import { compileStep } from '../src/runtime/index.ts'
import { tensor } from '../src/tensor/index.ts'
import { buildStep } from '../src/train/index.ts'
import { colouredCells } from './inputs/coloured-cells.ts'
import { alternate, median, printResult } from './median.ts'
import { type Peer, startPeer } from './peers/start-peer.ts'

const [rounds, stepsPerTurn, warmUpSteps] = [7, 3, 4]
const threads = availableParallelism()
const recipe = curationRecipes['curation/grocery-triplet']!
const size = Math.max(...recipe.phases.map((phase) => phase.size))
const batch = recipe.productsPerBatch * recipe.picturesPerProduct
const pictures = colouredCells(batch, size, rngFromSeed(2))
const products = Array.from({ length: batch }, (_, i) => i % recipe.productsPerBatch)
const { peakLearningRate, weightDecay } = recipe.optimizer
// A hundredth of the recipe's, or the batch would be known by heart before the end.
const learningRate = peakLearningRate / 100

/** Some steps, one after another. */
interface Turn {
  readonly times: readonly number[]
  readonly losses: readonly number[]
  /** Most memory that the process has held. */
  readonly peakMiB: number
}

type Turns = { vitrine: Turn; torch: Turn }

const folder = await mkdtemp(join(tmpdir(), 'vitrine-bench-'))
try {
  await main()
} finally {
  await rm(folder, { recursive: true })
}

async function main(): Promise<void> {
  const network = new CompactConvNet(recipe.network, rngFromSeed(1))
  await writeSetup(network)
  const ours = await startOurs(network)
  const torch = await startTorch()
  const first: Turns = { vitrine: await ours.turn(warmUpSteps), torch: torch.first }
  const last = { ...first }
  const sides = { vitrine: ours, torch }
  const contender = (side: keyof Turns) => async () => {
    last[side] = await sides[side].turn(stepsPerTurn)
    return median(last[side].times)
  }
  const times = await alternate(rounds, {
    vitrine: contender('vitrine'),
    torch: contender('torch'),
  })
  torch.close()
  await ours.close()
  report({ times, first, last, compileMs: ours.compileMs, torch })
}

/** Compiles the step as a training does. */
async function startOurs(network: CompactConvNet) {
  const start = performance.now()
  const build = (mode: Mode) => tripletGraph(network, { loss: recipe.loss, batch, size, mode })
  const phase = { epochs: 1, stepsPerEpoch: 1, build, feeds: async () => ({}) }
  const plan = { network, optimizer: adam({ weightDecay }) }
  const { outputs, updates } = buildStep({ phase, plan, rng: rngFromSeed(1) })
  const step = await compileStep({ outputs, updates, session: { threads } })
  const compileMs = performance.now() - start
  const number = (x: number) => tensor('float32', [], Float32Array.of(x))
  const feeds = {
    pictures,
    products: tensor('int64', [batch], BigInt64Array.from(products, BigInt)),
    learningRate: number(learningRate),
  }
  let done = 0
  return {
    compileMs,
    async turn(steps: number): Promise<Turn> {
      const [times, losses]: [number[], number[]] = [[], []]
      for (let i = 0; i < steps; i++) {
        const begun = performance.now()
        const { loss } = await step.run({ ...feeds, step: number(++done) })
        times.push(performance.now() - begun)
        losses.push(Number(loss!.data[0]))
      }
      return { times, losses, peakMiB: process.resourceUsage().maxRSS / 1024 }
    },
    close: () => step.close(),
  }
}

/** What the peer is to compute, as files. */
async function writeSetup(network: CompactConvNet): Promise<void> {
  const parameters = [...parametersOf(network)]
  const setup = {
    ...recipe.loss,
    network: recipe.network,
    shape: pictures.shape,
    products,
    learningRate,
    weightDecay,
    weights: parameters.map(([name, { shape }]) => ({ name, shape })),
  }
  await writeFile(join(folder, 'setup.json'), JSON.stringify(setup))
  await writeFile(
    join(folder, 'weights.f32'),
    parameters.map(([, { data }]) => data as Float32Array),
  )
  await writeFile(join(folder, 'pictures.f32'), pictures.data)
}

/**
 * The peer, warmed up, with the way of waiting for its threads that is the faster one here: GNU's
 * OpenMP spins by default, which is best on an idle machine and much the worst on a busy one.
 */
async function startTorch() {
  const candidates: { peer: Peer; first: Turn }[] = []
  for (const settings of [{}, { OMP_WAIT_POLICY: 'PASSIVE' }]) {
    const peer = await startPeer('training-step.py', [folder, String(threads)], settings)
    if (peer.ready === undefined) {
      const absent = { times: [Number.NaN], losses: [Number.NaN], peakMiB: Number.NaN }
      return { peer, first: absent, turn: async () => absent, close() {} }
    }
    candidates.push({ peer, first: await peer.ask<Turn>(String(warmUpSteps)) })
  }
  candidates.sort((a, b) => Math.min(...a.first.times) - Math.min(...b.first.times))
  const [{ peer, first } = candidates[0]!, other] = candidates
  other?.peer.close()
  const turn = (steps: number): Promise<Turn> => peer.ask<Turn>(String(steps))
  return { peer, first, turn, close: () => peer.close() }
}

function report(found: {
  readonly times: Readonly<Record<keyof Turns, number>>
  readonly first: Turns
  readonly last: Turns
  readonly compileMs: number
  readonly torch: { readonly peer: Peer }
}): void {
  const { times, first, last, compileMs, torch } = found
  const { ready, reason } = torch.peer
  const present = ready !== undefined
  const ratio = times.torch / times.vitrine
  const row = (name: string, side: keyof Turns, setUpMs: string): string[] => [
    name,
    times[side].toFixed(0),
    ((1000 * batch) / times[side]).toFixed(0),
    setUpMs,
    first[side].times[0]!.toFixed(0),
    last[side].peakMiB.toFixed(0),
  ]
  const lossOf = ({ losses }: Turn): number => losses.at(-1)!
  const pair = (turns: Turns, loss: (turn: Turn) => number): string =>
    `${loss(turns.vitrine).toFixed(6)} and ${loss(turns.torch).toFixed(6)}`
  const firstLosses = pair(first, ({ losses }) => losses[0]!)
  printResult(
    {
      benchmark: `training step, batch ${batch} of ${size} x ${size} px, ${threads} threads`,
      vitrineMs: times.vitrine,
      torchMs: present ? times.torch : null,
      torchOverVitrine: present ? ratio : null,
      compileMs,
      vitrinePeakMiB: last.vitrine.peakMiB,
      torchPeakMiB: present ? last.torch.peakMiB : null,
    },
    [
      ['', 'step ms', 'pictures/s', 'compile ms', 'first step ms', 'peak MiB'],
      row('vitrine', 'vitrine', compileMs.toFixed(0)),
      ...(present ? [row('PyTorch', 'torch', '-')] : []),
    ],
    present
      ? [
          `PyTorch/vitrine ${ratio.toFixed(2)}; medians of ${rounds} turns of ${stepsPerTurn} steps; PyTorch ${ready.version}, ${ready.threads} threads`,
          `both compute the same: first loss ${firstLosses}, last loss ${pair(last, lossOf)}`,
        ]
      : [`PyTorch left out: ${reason}; "apt-get install python3-torch" brings it`],
  )
  if (present && !(Math.abs(first.vitrine.losses[0]! / first.torch.losses[0]! - 1) < 1e-3))
    throw new Error(`training-step: the first losses are ${firstLosses}; these are not the same`)
}

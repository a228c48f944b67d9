// Claim: a training step of the shipped encoder takes no longer than in PyTorch.
//
// Forward pass, triplet loss with mining, backward pass and Adam of recipe grocery-triplet on one
// batch of its largest pictures. The peer, PyTorch (Debian's python3-torch), is another process that
// times itself: the same network from the same weights, the same batch, as many threads; that both
// compute the same shows in their losses. They take turns of a few steps each.
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { rngFromSeed } from '../src/core/index.ts'
import { curationRecipes } from '../src/curation/index.ts'
import { multiSimilarityMiner, pairsOf, tripletMarginLoss } from '../src/losses/index.ts'
import { CompactConvNet, parametersOf } from '../src/nn/index.ts'
import { input } from '../src/onnx/index.ts'
import { adam } from '../src/optim/index.ts'
import { compileStep } from '../src/runtime/index.ts'
import { tensor } from '../src/tensor/index.ts'
import { buildStep, type Phase } from '../src/train/index.ts'
import { alternate, median, printResult } from './median.ts'
import { type Peer, startPeer } from './peers/start-peer.ts'

const [rounds, stepsPerTurn] = [9, 3]
const threads = availableParallelism()
const recipe = curationRecipes['curation/grocery-triplet']!
const size = Math.max(...recipe.phases.map((phase) => phase.size))
const batch = recipe.productsPerBatch * recipe.picturesPerProduct
const shape = [batch, 3, size, size]
// A hundredth of the recipe's, or the batch would be known by heart before the end.
const learningRate = recipe.optimizer.peakLearningRate / 100

/** Some steps, one after another. */
interface Turn {
  readonly times: readonly number[]
  readonly losses: readonly number[]
  /** Most memory that the process has held. */
  readonly peakMiB: number
}

const folder = await mkdtemp(join(tmpdir(), 'vitrine-bench-'))
try {
  await main()
} finally {
  await rm(folder, { recursive: true })
}

async function main(): Promise<void> {
  const network = new CompactConvNet(recipe.network, rngFromSeed(1))
  const products = Array.from({ length: batch }, (_, i) => i % recipe.productsPerBatch)
  const pictures = colouredCells()
  await writeSetup(network, products, pictures)
  const ours = await startOurs(network, products, pictures)
  const peer = await startPeer('training-step.py', [folder, String(threads)])
  const sides = { vitrine: ours.turn, torch: (steps: number) => peerTurn(peer, steps) }

  const first = { vitrine: await sides.vitrine(1), torch: await sides.torch(1) }
  let last = first
  const contender = (name: keyof typeof sides) => async () => {
    last = { ...last, [name]: await sides[name](stepsPerTurn) }
    return median(last[name].times)
  }
  const times = await alternate(rounds, {
    vitrine: contender('vitrine'),
    torch: contender('torch'),
  })
  peer.close()
  await ours.close()

  const row = (name: string, setUpMs: number, side: keyof typeof sides): string[] => [
    name,
    times[side].toFixed(0),
    ((1000 * batch) / times[side]).toFixed(0),
    setUpMs.toFixed(0),
    first[side].times[0]!.toFixed(0),
    last[side].peakMiB.toFixed(0),
  ]
  const header = ['', 'step ms', 'pictures/s', 'compile ms', 'first step ms', 'peak MiB']
  const present = peer.ready !== undefined
  const lossGap = Math.abs(first.vitrine.losses[0]! / first.torch.losses[0]! - 1)
  printResult(
    {
      benchmark: `training step, batch ${batch} of ${size} x ${size} px, ${threads} threads`,
      vitrineMs: times.vitrine,
      torchMs: present ? times.torch : null,
      torchOverVitrine: present ? times.torch / times.vitrine : null,
      compileMs: ours.compileMs,
      peakMiB: { vitrine: last.vitrine.peakMiB, torch: present ? last.torch.peakMiB : null },
      firstLoss: {
        vitrine: first.vitrine.losses[0],
        torch: present ? first.torch.losses[0] : null,
      },
    },
    [
      header,
      row('vitrine', ours.compileMs, 'vitrine'),
      ...(present ? [row('PyTorch', 0, 'torch')] : []),
    ],
    present
      ? [
          `PyTorch/vitrine ${(times.torch / times.vitrine).toFixed(2)}: PyTorch ${peer.ready?.ready} with ${peer.ready?.threads} threads; medians of ${rounds} turns of ${stepsPerTurn} steps`,
          `the same is computed: first loss ${losses(first)}, last loss ${losses(last)}`,
        ]
      : [`PyTorch left out: ${peer.reason}; "apt-get install python3-torch" brings it`],
  )
  if (present && !(lossGap < 1e-3))
    throw new Error(`bench: the first losses differ, ${losses(first)}; the figures mean nothing`)
}

function losses({ vitrine, torch }: Readonly<Record<'vitrine' | 'torch', Turn>>): string {
  return `${vitrine.losses.at(-1)!.toFixed(6)} and ${torch.losses.at(-1)!.toFixed(6)}`
}

/** Pictures of coloured cells with noise, so that no two look alike to the network. */
function colouredCells(): Float32Array {
  const rng = rngFromSeed(2)
  const cells = 6
  const data = new Float32Array(batch * 3 * size * size)
  for (let plane = 0; plane < batch * 3; plane++) {
    const colours = Array.from({ length: cells * cells }, () => rng.between(-0.8, 0.8))
    const cell = (i: number): number => Math.floor((i * cells) / size)
    for (let y = 0; y < size; y++)
      for (let x = 0; x < size; x++)
        data[(plane * size + y) * size + x] =
          colours[cell(y) * cells + cell(x)]! + rng.between(-0.2, 0.2)
  }
  return data
}

/** What the peer is to compute, as files. */
async function writeSetup(
  network: CompactConvNet,
  products: readonly number[],
  pictures: Float32Array,
): Promise<void> {
  const parameters = [...parametersOf(network)]
  const { weightDecay } = recipe.optimizer
  const weights = parameters.map(([name, parameter]) => ({ name, shape: parameter.shape }))
  const setup = {
    ...recipe.loss,
    network: recipe.network,
    shape,
    products,
    learningRate,
    weightDecay,
    weights,
  }
  await writeFile(join(folder, 'setup.json'), JSON.stringify(setup))
  await writeFile(
    join(folder, 'weights.f32'),
    parameters.map(([, { data }]) => bytesOf(data)),
  )
  await writeFile(join(folder, 'pictures.f32'), bytesOf(pictures))
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** Compiles the step as a training does. */
async function startOurs(
  network: CompactConvNet,
  products: readonly number[],
  pictures: Float32Array,
) {
  const phase: Pick<Phase, 'build'> = {
    build(mode) {
      const vectors = network.apply(input('pictures', shape), mode)
      const pairs = pairsOf(vectors, input('products', [batch], 'int64'))
      const weights = multiSimilarityMiner(pairs, { epsilon: recipe.loss.minerEpsilon })
      return tripletMarginLoss({ pairs, weights, margin: recipe.loss.margin })
    },
  }
  const start = performance.now()
  const optimizer = adam({ weightDecay: recipe.optimizer.weightDecay })
  const { outputs, updates } = buildStep(phase as Phase, network, optimizer)
  const step = await compileStep({ outputs, updates, session: { threads } })
  const compileMs = performance.now() - start
  const number = (x: number) => tensor('float32', [], Float32Array.of(x))
  const feeds = {
    pictures: tensor('float32', shape, pictures),
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

async function peerTurn(peer: Peer, steps: number): Promise<Turn> {
  if (peer.ready !== undefined) return peer.ask<Turn>(String(steps))
  return { times: [Number.NaN], losses: [Number.NaN], peakMiB: Number.NaN }
}

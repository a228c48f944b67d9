// Question: how long does a training step take beside PyTorch's, and how much memory?
//
// Forward pass, loss, backward pass and optimizer of six networks. Each side is a process of its own for
// each network, which times itself: the same network from the same weights, the same batch, as many
// threads; that both compute the same shows in their losses. They take turns of a few steps each.
import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { rngFromSeed } from '../src/core/index.ts'
import { alternate, median, printResult } from './median.ts'
import { type Peer, peerOf, startPeer } from './peers/start-peer.ts'
import { networkCases } from './training/networks.ts'

const [rounds, warmUpSteps] = [7, 3]
const threads = availableParallelism()
const chosen = process.argv.slice(2).filter((word) => !word.startsWith('--'))

const otherLibraries: Readonly<Record<string, string>> = {
  'TensorFlow.js (wasm)': 'network-tfjs.ts',
  'jax-js (wasm)': 'network-jax.ts',
}

/** GNU's OpenMP spins while it waits, which is best on an idle machine and much the worst on a busy one. */
const waits = [{}, { OMP_WAIT_POLICY: 'PASSIVE' }]

/** glibc gives large arrays back to the system, which makes it dear to ask for them in each step. */
const kept = String(2 ** 32)
const allocations = [{}, { MALLOC_MMAP_THRESHOLD_: kept, MALLOC_TRIM_THRESHOLD_: kept }]

/** How long another library may take for its first step. */
const patienceMs = 120_000

/** Some steps, one after another. */
interface Turn {
  readonly times: readonly number[]
  readonly losses: readonly number[]
  /** Most memory that the process has held. */
  readonly peakMiB: number
}

for (const name of Object.keys(networkCases))
  if (chosen.length === 0 || chosen.includes(name)) await compare(name)

async function compare(name: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-bench-'))
  const worker = join(import.meta.dirname, 'training', 'worker.ts')
  try {
    const ours = await peerOf(
      spawn(process.execPath, [worker, name, folder, String(threads)], {
        stdio: ['pipe', 'pipe', 'inherit'],
      }),
      'worker.ts',
    )
    const torch = await fastestTorch(folder)
    const sides: Record<string, Peer> = { vitrine: ours }
    if (torch.ready !== undefined) sides.torch = torch
    const first: Record<string, Turn> = {}
    const last: Record<string, Turn> = {}
    for (const [side, peer] of Object.entries(sides))
      first[side] = await peer.ask<Turn>(String(warmUpSteps))
    // turns of about half a second, so that noise of other processes meets both sides
    const steps = Math.max(1, Math.min(20, Math.round(500 / Math.min(...first.vitrine!.times))))
    const times = await alternate(
      rounds,
      Object.fromEntries(
        Object.entries(sides).map(([side, peer]) => [
          side,
          async () => {
            last[side] = await peer.ask<Turn>(String(steps))
            return median(last[side].times)
          },
        ]),
      ),
    )
    for (const peer of Object.values(sides)) peer.close()
    // another case with the same peer has shown them already
    const isFirst = (networkCases[name]!(rngFromSeed(1)).peer ?? name) === name
    const others = isFirst ? await measureOthers(folder) : []
    report(name, { times, first, last, steps, ours, torch, others })
  } finally {
    await rm(folder, { recursive: true })
  }
}

/** PyTorch with the way of waiting for its threads, and of keeping memory, that is the fastest here. */
async function fastestTorch(folder: string): Promise<Peer> {
  const start = (settings: Readonly<Record<string, string>>) =>
    startPeer('network.py', [folder, String(threads)], settings)
  let [chosen, least] = [{}, Number.POSITIVE_INFINITY]
  for (const settings of waits.flatMap((wait) => allocations.map((how) => ({ ...wait, ...how })))) {
    const peer = await start(settings)
    if (peer.ready === undefined) return peer
    const { times } = await peer.ask<Turn>('3')
    peer.close()
    if (Math.min(...times) < least) [chosen, least] = [settings, Math.min(...times)]
  }
  // afresh, so that both sides have made as many steps
  return start(chosen)
}

/** A library that is measured by itself, since its steps are slow. */
interface Other {
  readonly name: string
  /** Why it is left out; undefined when it is not. */
  readonly reason: string | undefined
  readonly first?: Turn
  readonly last?: Turn
}

/** The other libraries of JavaScript, one after another: a step to warm up and the median of three. */
async function measureOthers(folder: string): Promise<Other[]> {
  const found: Other[] = []
  for (const [name, script] of Object.entries(otherLibraries)) {
    const path = join(import.meta.dirname, 'peers', script)
    const child = spawn(process.execPath, [path, folder, String(threads)], {
      stdio: ['pipe', 'pipe', 'ignore'],
    })
    const giveUp = setTimeout(() => child.kill(), patienceMs)
    const peer = await peerOf(child, script)
    clearTimeout(giveUp)
    if (child.killed) found.push({ name, reason: `no step within ${patienceMs / 1000} s` })
    else if (peer.ready === undefined) found.push({ name, reason: peer.reason })
    else {
      const first = await peer.ask<Turn>('1')
      found.push({ name, reason: undefined, first, last: await peer.ask<Turn>('3') })
    }
    peer.close()
  }
  return found
}

function report(
  name: string,
  found: {
    readonly times: Readonly<Record<string, number>>
    readonly first: Readonly<Record<string, Turn>>
    readonly last: Readonly<Record<string, Turn>>
    readonly steps: number
    readonly ours: Peer
    readonly torch: Peer
    readonly others: readonly Other[]
  },
): void {
  const { times, first, last, steps, ours, torch, others } = found
  const { title, batch } = networkCases[name]!(rngFromSeed(1))
  const present = torch.ready !== undefined
  const ratio = present ? times.torch! / times.vitrine! : null
  const memory = present ? last.vitrine!.peakMiB / last.torch!.peakMiB : null
  const compileMs = Number(ours.ready?.compileMs)
  const row = (title: string, side: string, setUpMs: string): string[] => [
    title,
    times[side]!.toFixed(1),
    ((1000 * batch) / times[side]!).toFixed(0),
    setUpMs,
    first[side]!.times[0]!.toFixed(0),
    last[side]!.peakMiB.toFixed(0),
  ]
  const losses = (side: string): [number, number] => [
    first[side]!.losses[0]!,
    last[side]!.losses.at(-1)!,
  ]
  const firstLosses = present ? [losses('vitrine')[0], losses('torch')[0]] : []
  printResult(
    {
      benchmark: `training step: ${title}, ${threads} threads`,
      network: name,
      vitrineMs: times.vitrine,
      torchMs: times.torch ?? null,
      torchOverVitrine: ratio,
      compileMs,
      vitrinePeakMiB: last.vitrine!.peakMiB,
      torchPeakMiB: present ? last.torch!.peakMiB : null,
    },
    [
      ['', 'step ms', 'examples/s', 'compile ms', 'first step ms', 'peak MiB'],
      row('vitrine', 'vitrine', compileMs.toFixed(0)),
      ...(present ? [row('PyTorch', 'torch', '-')] : []),
      ...others.flatMap(({ name, first, last }) => {
        if (first === undefined || last === undefined) return []
        const ms = median(last.times)
        const perSecond = ((1000 * batch) / ms).toFixed(1)
        const peak = last.peakMiB.toFixed(0)
        return [[name, ms.toFixed(1), perSecond, '-', first.times[0]!.toFixed(0), peak]]
      }),
    ],
    [
      ...(present
        ? [
            `PyTorch/vitrine ${ratio!.toFixed(2)} in time, vitrine/PyTorch ${memory!.toFixed(2)} in memory; medians of ${rounds} turns of ${steps} steps; PyTorch ${torch.ready!.version}, ${torch.ready!.threads} threads`,
            `both compute the same: first loss ${firstLosses.map((x) => x.toFixed(5)).join(' and ')}, last loss ${[losses('vitrine')[1], losses('torch')[1]].map((x) => x.toFixed(5)).join(' and ')}`,
          ]
        : [`PyTorch left out: ${torch.reason}; "apt-get install python3-torch" brings it`]),
      ...others.flatMap(({ name, reason }) =>
        reason === undefined ? [] : [`${name} left out: ${reason}`],
      ),
    ],
  )
  if (present && !(Math.abs(firstLosses[0]! / firstLosses[1]! - 1) < 1e-3))
    throw new Error(`training-networks: the first losses of ${name} are ${firstLosses}`)
}

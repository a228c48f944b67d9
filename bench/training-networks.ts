// Question: how long does a training step take beside PyTorch's, and how much memory?
//
// Forward pass, loss, backward pass and optimizer of five networks. Each side is a process of its own for
// each network, which times itself: the same network from the same weights, the same batch, as many
// threads; that both compute the same shows in their losses. They take turns of a few steps each. A third
// process is PyTorch with whatever environment and layout make it faster here than its defaults.
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

/** glibc gives large arrays back to the system, which makes it dear to ask for them in each step. */
const kept = String(2 ** 32)

/** What may make PyTorch faster, one after the other: taken where it does. */
const tunings: readonly Readonly<Record<string, string>>[] = [
  { MALLOC_MMAP_THRESHOLD_: kept, MALLOC_TRIM_THRESHOLD_: kept },
  { CHANNELS_LAST: '1' },
  // GNU's OpenMP spins while it waits, which is best on an idle machine and much the worst on a busy one
  { OMP_WAIT_POLICY: 'PASSIVE' },
]

/** How long another library may take for its first step. */
const patienceMs = 120_000

/** Some steps, one after another. */
interface Turn {
  readonly times: readonly number[]
  readonly losses: readonly number[]
  /** Most memory that the process has held. */
  readonly peakMiB: number
}

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
    const torch = await torchWith(folder, {})
    const settings = torch.ready === undefined ? {} : await fastestSettings(folder)
    const sides: Record<string, Peer> = { vitrine: ours }
    if (torch.ready !== undefined) sides.torch = torch
    if (Object.keys(settings).length > 0) sides.tuned = await torchWith(folder, settings)
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
    report(name, { times, first, last, steps, ours, torch, settings, others })
  } finally {
    await rm(folder, { recursive: true })
  }
}

const torchWith = (folder: string, settings: Readonly<Record<string, string>>): Promise<Peer> =>
  startPeer('network.py', [folder, String(threads)], settings)

/** The settings with which PyTorch is the fastest here; none where its defaults are. */
async function fastestSettings(folder: string): Promise<Readonly<Record<string, string>>> {
  const timed = async (settings: Readonly<Record<string, string>>): Promise<number> => {
    const peer = await torchWith(folder, settings)
    const { times } = await peer.ask<Turn>('4')
    peer.close()
    return Math.min(...times)
  }
  let [settings, least] = [{}, await timed({})]
  for (const tuning of tunings) {
    const more = { ...settings, ...tuning }
    const ms = await timed(more)
    // less than that is noise
    if (ms < 0.97 * least) [settings, least] = [more, ms]
  }
  return settings
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
    /** Those of the tuned PyTorch. */
    readonly settings: Readonly<Record<string, string>>
    readonly others: readonly Other[]
  },
): void {
  const { times, first, last, steps, ours, torch, settings, others } = found
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
      tunedTorchMs: times.tuned ?? null,
      compileMs,
      vitrinePeakMiB: last.vitrine!.peakMiB,
      torchPeakMiB: present ? last.torch!.peakMiB : null,
    },
    [
      ['', 'step ms', 'examples/s', 'compile ms', 'first step ms', 'peak MiB'],
      row('vitrine', 'vitrine', compileMs.toFixed(0)),
      ...(present ? [row('PyTorch', 'torch', '-')] : []),
      ...(times.tuned === undefined ? [] : [row('PyTorch, tuned', 'tuned', '-')]),
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
            ...(times.tuned === undefined
              ? ['no setting that was tried makes PyTorch faster than its defaults here']
              : [
                  `tuned PyTorch/vitrine ${(times.tuned / times.vitrine!).toFixed(2)} in time, vitrine/tuned PyTorch ${(last.vitrine!.peakMiB / last.tuned!.peakMiB).toFixed(2)} in memory; tuned: ${Object.entries(
                    settings,
                  )
                    .map(([name, value]) => `${name}=${value}`)
                    .join(' ')}`,
                ]),
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

for (const name of Object.keys(networkCases))
  if (chosen.length === 0 || chosen.includes(name)) await compare(name)

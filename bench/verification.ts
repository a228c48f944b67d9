// Question: how many pairs does the network of paper 004 verify in a second, and how long does it take to look for one
// face among 100,000 enrolled, beside PyTorch?
//
// The same weights, batch norm's statistics and pictures on both sides, which must give the same scores; the peer is a
// process of its own that times itself. Each photo of a pair is described, then compared. The gallery is an index of
// 128 values a row, as a network with cosines gives them; PyTorch multiplies and takes the top five.
import { writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { rngFromSeed } from '../src/core/index.ts'
import { parametersOf, SiameseNet } from '../src/nn/index.ts'
import { input, writeModel } from '../src/onnx/index.ts'
import { openSession } from '../src/runtime/index.ts'
import { buildIndex, openIndex } from '../src/search/index.ts'
import { tensor } from '../src/tensor/index.ts'
import { alternate, printResult, timed } from './median.ts'
import { startPeer } from './peers/start-peer.ts'
import { scratchFolder } from './scratch-folder.ts'

const [pairs, enrolled, dimension, rounds] = [32, 100_000, 128, 7] as const
const threads = availableParallelism()
const folder = await scratchFolder()
await main()

interface Answer {
  readonly ms: number
  readonly found: readonly number[]
  readonly peakMiB: number
}

async function main(): Promise<void> {
  const rng = rngFromSeed(1)
  const network = new SiameseNet({}, rng)
  const normal = (length: number) => Float32Array.from({ length }, () => rng.normal())
  const write = (name: string, ...arrays: readonly Float32Array[]) =>
    writeFile(
      join(folder, name),
      Buffer.concat(arrays.map((a) => Buffer.from(a.buffer, a.byteOffset, a.byteLength))),
    )
  const side = pairs * 105 * 105
  const [one, two] = [normal(side), normal(side)]
  await write('one.f32', one)
  await write('two.f32', two)
  await write(
    'weights.f32',
    ...[...parametersOf(network).values()].map(({ data }) => data as Float32Array),
  )
  const rows = normal(enrolled * dimension)
  const probe = normal(dimension)
  for (let row = 0; row < enrolled; row++) {
    const vector = rows.subarray(row * dimension, (row + 1) * dimension)
    const length = Math.hypot(...vector)
    for (let i = 0; i < dimension; i++) vector[i]! /= length
  }
  await write('gallery.f32', rows)
  await write('probe.f32', probe)
  await writeFile(join(folder, 'setup.json'), JSON.stringify({ dimension }))

  const inputs = ['one', 'two'].map((name) => input(name, [pairs, 1, 105, 105]))
  const logits = network.logits(inputs[0]!, inputs[1]!, { kind: 'inference' })
  const session = await openSession(writeModel({ logits }), { threads })
  const index = await galleryOf(rows)
  const torch = await startPeer('verify-pairs.py', [folder, String(threads)])
  const present = torch.ready !== undefined
  const shape = [pairs, 1, 105, 105]
  const feeds = { one: tensor('float32', shape, one), two: tensor('float32', shape, two) }
  let peer: Answer | undefined
  const ask = (what: string) => async (): Promise<number> => {
    if (!present) return Number.NaN
    peer = await torch.ask<Answer>(what)
    return peer.ms
  }
  const verifying = await alternate(rounds, {
    vitrine: timed(() => session.run(feeds)),
    torch: ask('pairs'),
  })
  const ours = (await session.run(feeds)).logits!.data as Float32Array
  const apart = Math.max(...(peer?.found ?? []).map((score, i) => Math.abs(score - ours[i]!)))
  const searching = await alternate(3 * rounds, {
    vitrine: timed(() => index.search(probe, { top: 5 })),
    torch: ask('search'),
  })
  const [hits] = await index.search(probe, { top: 5 })
  const agree = hits!.every(({ row }, i) => row === (peer?.found[i] ?? row))
  const { maxRSS } = process.resourceUsage()
  torch.close()
  await session.close()
  await index.close()

  const perSecond = (ms: number): string => ((1000 * pairs) / ms).toFixed(1)
  const peakMiB = maxRSS / 1024
  printResult(
    {
      benchmark: `verification: ${pairs} pairs at 105 px, one among ${enrolled} enrolled, ${threads} threads`,
      vitrinePairsPerSecond: (1000 * pairs) / verifying.vitrine,
      torchPairsPerSecond: present ? (1000 * pairs) / verifying.torch : null,
      torchOverVitrine: present ? verifying.torch / verifying.vitrine : null,
      vitrineSearchMs: searching.vitrine,
      torchSearchMs: present ? searching.torch : null,
      vitrinePeakMiB: peakMiB,
      torchPeakMiB: peer?.peakMiB ?? null,
    },
    [
      ['', 'pairs/s', `one in ${enrolled}, ms`, 'peak MiB'],
      ['vitrine', perSecond(verifying.vitrine), searching.vitrine.toFixed(2), peakMiB.toFixed(0)],
      ...(present
        ? [
            [
              'PyTorch',
              perSecond(verifying.torch),
              searching.torch.toFixed(2),
              peer!.peakMiB.toFixed(0),
            ],
          ]
        : []),
    ],
    [
      present
        ? `PyTorch ${torch.ready?.version}: scores at most ${apart.toExponential(1)} apart, ${agree ? 'the same' : 'other'} five nearest`
        : `PyTorch left out: ${torch.reason}; "apt-get install python3-torch" brings it`,
    ],
  )
}

async function galleryOf(rows: Float32Array) {
  const path = join(folder, 'gallery')
  function* pictures() {
    for (let row = 0; row < enrolled; row++)
      yield {
        product: `p${row}`,
        picture: 'x',
        vector: rows.subarray(row * dimension, (row + 1) * dimension),
      }
  }
  await buildIndex(path, {
    encoders: [{ name: 'bench', dimension, hash: 'none' }],
    pictures: pictures(),
  })
  return openIndex(path, { threads })
}

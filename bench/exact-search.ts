// Claim: exact search over 100,000 rows of 384 values is no slower than faiss IndexFlatIP.
// Question: how near does one query come to reading the rows from memory once?
//
// Peers, in alternating rounds: faiss (Debian's python3-faiss, another process, timed by itself, the
// same rows, queries and number of threads) and the memory bandwidth of the same run, measured as
// the time in which onnxruntime sums the same mapped rows: each byte read once, one addition a value.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { create, toBinary } from '@bufbuild/protobuf'
import { ModelProtoSchema } from 'onnx-buf'
import { rngFromSeed } from '../src/core/index.ts'
import { openSession } from '../src/runtime/index.ts'
import { buildIndex, openIndex } from '../src/search/index.ts'
import { alternate, printResult, timed } from './median.ts'
import { startPeer } from './peers/start-peer.ts'

const [count, dimension, batch, top] = [100_000, 384, 100, 10]
const threads = availableParallelism()
const folder = await mkdtemp(join(tmpdir(), 'vitrine-bench-'))
try {
  await main()
} finally {
  await rm(folder, { recursive: true })
}

async function main(): Promise<void> {
  const rng = rngFromSeed(1)
  const vector = () => Float32Array.from({ length: dimension }, () => rng.between(-1, 1))
  function* pictures() {
    for (let i = 0; i < count; i++) yield { product: `p${i}`, picture: 'x', vector: vector() }
  }
  const encoders = [{ name: 'bench', dimension, hash: 'none' }]
  await buildIndex(folder, { encoders, pictures: pictures() })
  const queries = new Float32Array(batch * dimension)
  for (let q = 0; q < batch; q++) queries.set(vector(), q * dimension)
  const queriesFile = join(folder, 'queries.f32')
  await writeFile(queriesFile, new Uint8Array(queries.buffer))
  const rowsFile = (await readdir(folder)).find(
    (name) => name.endsWith('.f32') && /^rows/.test(name),
  )!

  const index = await openIndex(folder, { threads })
  const memory = await openSession(await sumGraph(rowsFile), {
    threads,
    prepack: false,
    optimization: 'disabled', // or the sum would be computed once, at loading
  })
  const faiss = await startFaiss(join(folder, rowsFile), queriesFile)

  const sizes = [1, batch]
  const results = []
  const table = [
    ['queries', 'vitrine ms', 'faiss ms', 'faiss/vitrine', 'read once ms', 'of bandwidth'],
  ]
  for (const size of sizes) {
    const some = queries.subarray(0, size * dimension)
    const times = await alternate<'vitrine' | 'memory' | 'faiss'>(size === 1 ? 21 : 9, {
      vitrine: timed(() => index.search(some, { top })),
      memory: timed(() => memory.run({})),
      faiss: async () => (await faiss.search(size))?.ms ?? Number.NaN,
    })
    const ours = (await index.search(some, { top })).map((hits) => hits.map((hit) => hit.row))
    const theirs = (await faiss.search(size))?.rows
    const result = {
      queries: size,
      vitrineMs: times.vitrine,
      faissMs: faiss.version === undefined ? null : times.faiss,
      faissOverVitrine: faiss.version === undefined ? null : times.faiss / times.vitrine,
      readOnceMs: times.memory,
      bandwidthGBs: (count * dimension * 4) / times.memory / 1e6,
      ofBandwidth: times.memory / times.vitrine,
      sameHits: theirs === undefined ? null : agreement(ours, theirs),
    }
    results.push(result)
    table.push([
      String(size),
      result.vitrineMs.toFixed(2),
      result.faissMs?.toFixed(2) ?? '-',
      result.faissOverVitrine?.toFixed(2) ?? '-',
      result.readOnceMs.toFixed(2),
      size === 1 ? `${(100 * result.ofBandwidth).toFixed(0)} %` : '-',
    ])
  }
  const bandwidth = Math.max(...results.map((result) => result.bandwidthGBs))
  const same = results.map((result) => result.sameHits).filter((share) => share !== null)
  printResult(
    { benchmark: `exact search, ${count} x ${dimension}, top ${top}, ${threads} threads`, results },
    table,
    [
      `memory bandwidth ${bandwidth.toFixed(1)} GB/s: the mapped rows summed by onnxruntime`,
      faiss.version === undefined
        ? `faiss left out: ${faiss.reason}; "apt-get install python3-faiss" brings it`
        : `faiss ${faiss.version} found the same hits: ${same.map((share) => `${(100 * share).toFixed(1)} %`).join(', ')}`,
    ],
  )
  faiss.close()
  await memory.close()
  await index.close()
}

/** A graph that reads every row once: sums of rows. */
async function sumGraph(rowsFile: string): Promise<string> {
  const external = { location: rowsFile, offset: '0', length: String(count * dimension * 4) }
  const axis = (size: number) => ({ value: { case: 'dimValue' as const, value: BigInt(size) } })
  const model = create(ModelProtoSchema, {
    irVersion: 10n,
    opsetImport: [{ domain: '', version: 21n }],
    graph: {
      name: 'sum',
      initializer: [
        {
          name: 'rows',
          dims: [BigInt(count), BigInt(dimension)],
          dataType: 1,
          dataLocation: 1,
          externalData: Object.entries(external).map(([key, value]) => ({ key, value })),
        },
        { name: 'axis', dims: [1n], dataType: 7, int64Data: [1n] },
      ],
      node: [
        {
          opType: 'ReduceSum',
          input: ['rows', 'axis'],
          output: ['sums'],
          attribute: [{ name: 'keepdims', type: 2, i: 0n }],
        },
      ],
      output: [
        {
          name: 'sums',
          type: {
            value: { case: 'tensorType', value: { elemType: 1, shape: { dim: [axis(count)] } } },
          },
        },
      ],
    },
  })
  const path = join(folder, 'sum.onnx')
  await writeFile(path, toBinary(ModelProtoSchema, model))
  return path
}

interface Answer {
  readonly ms: number
  readonly rows: readonly (readonly number[])[]
}

/** Starts the peer and waits until it has read the rows. */
async function startFaiss(rowsFile: string, queriesFile: string) {
  const args = [rowsFile, queriesFile, String(dimension), String(threads)]
  const peer = await startPeer('faiss-flat.py', args)
  return {
    version: peer.ready?.ready as string | undefined,
    reason: peer.reason,
    search: async (size: number): Promise<Answer | undefined> =>
      peer.ready === undefined ? undefined : peer.ask<Answer>(String(size)),
    close: () => peer.close(),
  }
}

/** Share of hits that both found, whatever the order of near ties. */
function agreement(ours: readonly number[][], theirs: Answer['rows']): number {
  const shared = ours.map((rows, q) => rows.filter((row) => theirs[q]?.includes(row)).length)
  return shared.reduce((a, b) => a + b, 0) / ours.flat().length
}

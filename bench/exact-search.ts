// Claim: exact search over 100,000 and 1,000,000 rows of 384 values is no slower than faiss IndexFlatIP,
// and one query takes no more than 1.25 times as long as reading the rows from memory once.
//
// Contenders, in alternating rounds: an index of each precision; faiss (Debian's python3-faiss, another
// process, timed by itself, the same rows, queries and number of threads); and the memory bandwidth of the
// same run, measured as the time in which onnxruntime sums the same mapped float32 rows.
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { rngFromSeed } from '../src/core/index.ts'
import { buildIndex, openIndex, precisions } from '../src/search/index.ts'
import { summedRows } from './inputs/summed-rows.ts'
import { alternate, printResult, timed } from './median.ts'
import { sharedHits, startFaiss } from './peers/start-faiss.ts'

const [dimension, batch, top] = [384, 100, 10]
const threads = availableParallelism()
const encoders = [{ name: 'bench', dimension, hash: 'none' }]

for (const count of [100_000, 1_000_000]) {
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-bench-'))
  try {
    await measure(count, folder)
  } finally {
    await rm(folder, { recursive: true })
  }
}

async function measure(count: number, folder: string): Promise<void> {
  const indexes = await Promise.all(
    precisions.map(async (precision) => {
      const place = join(folder, precision)
      await buildIndex(place, { encoders, precision, pictures: pictures(count) })
      return openIndex(place, { threads })
    }),
  )
  const queries = new Float32Array(batch * dimension)
  for (const [q, { vector }] of [...pictures(batch, 2)].entries())
    queries.set(vector, q * dimension)
  const queriesFile = join(folder, 'queries.f32')
  await writeFile(queriesFile, new Uint8Array(queries.buffer))
  const place = join(folder, 'f32')
  const fileName = (await readdir(place)).find((name) => name.startsWith('rows'))!
  const memory = await summedRows({ folder: place, fileName, count, dimension, threads })
  const faiss = await startFaiss({
    kind: 'flat',
    rowsFile: join(place, fileName),
    ...{ queriesFile, dimension, threads },
  })

  const results = []
  const table = [
    [
      'queries',
      ...precisions.map((each) => `${each} ms`),
      'faiss ms',
      'faiss/f32',
      'faiss/i8',
    ].concat(['read once ms', 'f32 of bandwidth', 'i8 of bandwidth']),
  ]
  for (const size of [1, batch]) {
    const some = queries.subarray(0, size * dimension)
    const search = (p: number) => indexes[p]!.search(some, { top })
    const rounds = Math.ceil((size === 1 ? 21 : 9) / (count > 100_000 ? 3 : 1))
    const times = await alternate<'f32' | 'f16' | 'i8' | 'memory' | 'faiss'>(rounds, {
      f32: timed(() => search(0)),
      memory: timed(() => memory.run({})),
      f16: timed(() => search(1)),
      i8: timed(() => search(2)),
      faiss: async () => (await faiss.search(size))?.ms ?? Number.NaN,
    })
    const exact = await search(0)
    const theirs = (await faiss.search(size))?.rows
    const same = {
      f16: sharedHits(await search(1), rowsOf(exact)),
      i8: sharedHits(await search(2), rowsOf(exact)),
      faiss: theirs === undefined ? null : sharedHits(exact, theirs),
    }
    const bandwidthGBs = (count * dimension * 4) / times.memory / 1e6
    results.push({ queries: size, times, same, bandwidthGBs })
    const known = faiss.version !== undefined
    const share = (ms: number) => (size === 1 ? `${((100 * times.memory) / ms).toFixed(0)} %` : '-')
    table.push([
      String(size),
      ...precisions.map((each) => times[each].toFixed(2)),
      known ? times.faiss.toFixed(2) : '-',
      known ? (times.faiss / times.f32).toFixed(2) : '-',
      known ? (times.faiss / times.i8).toFixed(2) : '-',
      times.memory.toFixed(2),
      share(times.f32),
      share(times.i8),
    ])
  }
  const bandwidth = Math.max(...results.map((result) => result.bandwidthGBs))
  const percent = (shares: (number | null)[]) =>
    shares.map((share) => `${(100 * (share ?? 0)).toFixed(1)} %`).join(', ')
  printResult(
    { benchmark: `exact search, ${count} x ${dimension}, top ${top}, ${threads} threads`, results },
    table,
    [
      `memory bandwidth ${bandwidth.toFixed(1)} GB/s: the mapped float32 rows summed by onnxruntime; i8 reads a quarter of them`,
      `of f32's hits, i8 found ${percent(results.map(({ same }) => same.i8))} and f16 ${percent(results.map(({ same }) => same.f16))}`,
      faiss.version === undefined
        ? `faiss left out: ${faiss.reason}; "apt-get install python3-faiss" brings it`
        : `faiss ${faiss.version} IndexFlatIP found the same hits as f32: ${percent(results.map(({ same }) => same.faiss))}`,
    ],
  )
  faiss.close()
  await memory.close()
  for (const index of indexes) await index.close()
}

/** Windows on a long row of random values, which are made sooner than as many values for each. */
function* pictures(count: number, seed = 1) {
  const rng = rngFromSeed(seed)
  const noise = Float32Array.from({ length: 1 << 22 }, () => rng.between(-1, 1))
  for (let i = 0; i < count; i++) {
    const start = rng.integer(noise.length - dimension)
    yield { product: `p${i}`, picture: 'x', vector: noise.subarray(start, start + dimension) }
  }
}

function rowsOf(lists: readonly (readonly { readonly row: number }[])[]): number[][] {
  return lists.map((hits) => hits.map(({ row }) => row))
}

// Claim: search through a graph finds 99 of 100 of the exact ten nearest, and a query takes no longer than
// with faiss IndexHNSWFlat at that recall, from a graph of the same numbers of links. Many queries together
// are answered exactly where that is quicker.
//
// 50,000 vectors of 384 values in clusters, as encoders make them; the exact hits are those of an exact
// index. Of faiss the fewest rows in view are taken that reach the recall. It runs in another process
// with the same rows, queries and number of threads, and keeps float32 rows in its graph; ours keeps bytes, and
// its candidates are ranked by the rows beside it.
import { readdir, stat, writeFile } from 'node:fs/promises'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { buildIndex, openIndex } from '../src/search/index.ts'
import { clusteredVectors } from '../tests/support/clustered-vectors.ts'
import { alternate, printResult, timed } from './median.ts'
import { sharedHits, startFaiss } from './peers/start-faiss.ts'
import { scratchFolder } from './scratch-folder.ts'

const [count, dimension, queryCount, top] = [50_000, 384, 200, 10]
const [wanted, views] = [0.99, [10, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512]]
const threads = availableParallelism()
const folder = await scratchFolder()
await main()

async function main(): Promise<void> {
  const next = clusteredVectors({ seed: 1, dimensions: [dimension], clusters: 1000 })
  const pictures = Array.from({ length: count }, (_, i) => ({
    product: `p${i}`,
    picture: 'x',
    vector: next(),
  }))
  const queries = new Float32Array(queryCount * dimension)
  for (let q = 0; q < queryCount; q++) queries.set(next(), q * dimension)
  const queriesFile = join(folder, 'queries.f32')
  await writeFile(queriesFile, new Uint8Array(queries.buffer))

  const encoders = [{ name: 'bench', dimension, hash: 'none' }]
  const build = async (method: 'exact' | 'hnsw') => {
    const start = performance.now()
    await buildIndex(join(folder, method), { encoders, pictures, method })
    return performance.now() - start
  }
  const rowsMs = await build('exact')
  const buildMs = (await build('hnsw')) - rowsMs
  const fileOf = async (method: string, start: string) => {
    const name = (await readdir(join(folder, method))).find((each) => each.startsWith(start))!
    return join(folder, method, name)
  }
  const graphBytes = (await stat(await fileOf('hnsw', 'graph'))).size
  const exact = await openIndex(join(folder, 'exact'), { threads })
  const hnsw = await openIndex(join(folder, 'hnsw'), { threads })
  const right = (await exact.search(queries, { top })).map((hits) => hits.map(({ row }) => row))
  const found = []
  for (
    let q = 0;
    q < queryCount;
    q++ // many together are answered exactly at this size
  )
    found.push(
      ...(await hnsw.search(queries.subarray(q * dimension, (q + 1) * dimension), { top })),
    )
  const recall = sharedHits(found, right)

  const rowsFile = await fileOf('exact', 'rows')
  const faiss = await startFaiss({ kind: 'hnsw', rowsFile, queriesFile, dimension, threads })
  let [view, faissRecall] = [0, 0]
  if (faiss.version !== undefined)
    for (view of views) {
      const found = (await faiss.search(queryCount, view))!.rows
      faissRecall = sharedHits(
        found.map((rows) => rows.map((row) => ({ row }))),
        right,
      )
      if (faissRecall >= wanted) break
    }

  const results = []
  const table = [['queries', 'hnsw ms', 'faiss ms', 'faiss/hnsw', 'exact ms', 'exact/hnsw']]
  for (const size of [1, 100]) {
    const some = queries.subarray(0, size * dimension)
    const times = await alternate<'hnsw' | 'exact' | 'faiss'>(size === 1 ? 41 : 15, {
      hnsw: timed(() => hnsw.search(some, { top })),
      exact: timed(() => exact.search(some, { top })),
      faiss: async () => (await faiss.search(size, view))?.ms ?? Number.NaN,
    })
    results.push({ queries: size, times })
    const known = faiss.version !== undefined
    table.push([
      String(size),
      times.hnsw.toFixed(2),
      known ? times.faiss.toFixed(2) : '-',
      known ? (times.faiss / times.hnsw).toFixed(2) : '-',
      times.exact.toFixed(2),
      (times.exact / times.hnsw).toFixed(2),
    ])
  }
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`
  const graph = (ms: number, bytes: number) =>
    `built in ${(ms / 1000).toFixed(1)} s, ${(bytes / count).toFixed(0)} bytes a row`
  printResult(
    {
      benchmark: `approximate search, ${count} x ${dimension}, top ${top}, ${threads} threads`,
      ...{ results, recall, faissRecall, buildMs, faissBuildMs: faiss.buildMs, graphBytes },
    },
    table,
    [
      `recall of the exact top ${top}: ${percent(recall)}; graph ${graph(buildMs, graphBytes)}, beside rows of ${4 * dimension} bytes`,
      faiss.version === undefined
        ? `faiss left out: ${faiss.reason}; "apt-get install python3-faiss" brings it`
        : `faiss ${faiss.version} IndexHNSWFlat: ${percent(faissRecall)} with ${view} rows in view; ${graph(faiss.buildMs, faiss.bytes)}, rows included`,
    ],
  )
  faiss.close()
  await hnsw.close()
  await exact.close()
}

// Claim: one search with the weighted scores of three encoders takes no longer than three searches
// whose lists are fused, and fused lists lose a part of the products that it finds.
//
// The ensemble's index holds the vectors side by side in a row; its peers are an index an encoder,
// each searched for its nearest pictures, and the lists fused as vector databases do it. Recall is the
// share of the exact ensemble's top 5 that is among the first 5 of the fused lists. The vectors are
// made: each encoder sees a noisy projection of what a picture and a query have in common.
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { rngFromSeed } from '../src/core/index.ts'
import {
  buildIndex,
  equalSampling,
  type Hit,
  openIndex,
  type RankedRow,
  reciprocalRankFusion,
  scoreFusion,
  type VectorIndex,
} from '../src/search/index.ts'
import { alternate, printResult, timed } from './median.ts'
import { scratchFolder } from './scratch-folder.ts'

const [count, dimension, encoderCount, latent, queryCount, top] = [100_000, 128, 3, 24, 100, 5]
const weights = [0.2, 0.4, 0.4]
const depths = [5, 20, 100]
const threads = availableParallelism()
const names = Array.from({ length: encoderCount }, (_, e) => `e${e}`)
const folder = await scratchFolder()
await main()

async function main(): Promise<void> {
  const rng = rngFromSeed(1)
  const normals = (length: number) => Float32Array.from({ length }, () => rng.normal())
  const projections = names.map(() => Array.from({ length: latent }, () => normals(dimension)))
  /** What each encoder makes of something, side by side. */
  const encode = (thing: Float32Array): Float32Array => {
    const row = normals(encoderCount * dimension)
    for (const [e, projection] of projections.entries())
      for (const [l, direction] of projection.entries())
        for (let i = 0; i < dimension; i++)
          row[e * dimension + i]! += (thing[l]! * direction[i]!) / 4
    return row
  }
  const rows = Array.from({ length: count }, () => encode(normals(latent)))
  const queries = new Float32Array(queryCount * encoderCount * dimension)
  for (let q = 0; q < queryCount; q++)
    queries.set(encode(normals(latent)), q * encoderCount * dimension)

  const encoders = names.map((name) => ({ name, dimension, hash: name }))
  const together = await openRows('together', encoders, rows)
  const alone: VectorIndex[] = []
  for (const [e, encoder] of encoders.entries())
    alone.push(
      await openRows(
        encoder.name,
        [encoder],
        rows.map((row) => partOf(row, e)),
      ),
    )
  const named = Object.fromEntries(names.map((name, e) => [name, weights[e]!]))
  const ensemble = (some: Float32Array) => together.search(some, { top, weights: named })
  const separate = async (some: Float32Array, depth: number): Promise<Hit[][][]> => {
    const found: Hit[][][] = []
    for (const [e, index] of alone.entries())
      found.push(await index.search(partsOf(some, e), { top: depth }))
    return Array.from({ length: some.length / together.dimension }, (_, q) =>
      found.map((lists) => lists[q]!),
    )
  }
  const fusions = {
    'equal sampling': (lists: Hit[][]): RankedRow[] => equalSampling(lists, { top }),
    'score fusion': (lists: Hit[][]) => scoreFusion(lists, { top, weights }),
    'reciprocal rank fusion': (lists: Hit[][]) => reciprocalRankFusion(lists, { top, weights }),
  }
  const exact = (await ensemble(queries)).map((hits) => hits.map(({ row }) => row))
  const results = []
  const table = [
    [
      'lists fused',
      'queries',
      'ensemble ms',
      'three + fusion ms',
      'three/one',
      ...Object.keys(fusions),
    ],
  ]
  for (const depth of depths) {
    const lists = await separate(queries, depth)
    const recalls = Object.values(fusions).map((fuse) => recallOf(exact, lists.map(fuse)))
    for (const size of [1, queryCount]) {
      const some = queries.subarray(0, size * together.dimension)
      const times = await alternate<'ensemble' | 'separate'>(size === 1 ? 21 : 9, {
        ensemble: timed(() => ensemble(some)),
        separate: timed(async () => (await separate(some, depth)).map(fusions['score fusion'])),
      })
      results.push({ depth, queries: size, times, recalls })
      table.push([
        `of ${depth}`,
        String(size),
        times.ensemble.toFixed(2),
        times.separate.toFixed(2),
        (times.separate / times.ensemble).toFixed(2),
        ...recalls.map((recall) => `${(100 * recall).toFixed(1)} %`),
      ])
    }
  }
  printResult(
    {
      benchmark: `ensemble of ${encoderCount} encoders, ${count} x ${dimension} each, top ${top}, ${threads} threads`,
      results,
    },
    table,
    ['the last columns: share of the exact ensemble’s top 5 that fused lists keep'],
  )
  for (const index of [together, ...alone]) await index.close()
}

async function openRows(
  name: string,
  encoders: { name: string; dimension: number; hash: string }[],
  rows: readonly Float32Array[],
): Promise<VectorIndex> {
  const place = join(folder, name)
  const pictures = rows.map((vector, row) => ({ product: `p${row}`, picture: 'x', vector }))
  await buildIndex(place, { encoders, pictures })
  return openIndex(place, { threads })
}

function partOf(row: Float32Array, e: number): Float32Array {
  return row.subarray(e * dimension, (e + 1) * dimension)
}

function partsOf(queries: Float32Array, e: number): Float32Array {
  const width = encoderCount * dimension
  const parts = new Float32Array(queries.length / encoderCount)
  for (let q = 0; q * width < queries.length; q++)
    parts.set(partOf(queries.subarray(q * width, (q + 1) * width), e), q * dimension)
  return parts
}

/** Share of the exact hits that a fused list has too. */
function recallOf(exact: readonly number[][], fused: readonly (readonly RankedRow[])[]): number {
  const kept = exact.map((rows, q) => {
    const found = new Set(fused[q]!.map(({ row }) => row))
    return rows.filter((row) => found.has(row)).length
  })
  return kept.reduce((a, b) => a + b, 0) / exact.flat().length
}

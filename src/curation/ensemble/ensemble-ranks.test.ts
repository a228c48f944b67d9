import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { encodersOf, picturesOf, vectorsOf, world } from '../../../tests/support/ensemble-world.ts'
import { rngFromSeed } from '../../core/index.ts'
import { firstRightRanks } from '../../metrics/index.ts'
import {
  bestOfLists,
  buildIndex,
  equalSampling,
  openIndex,
  reciprocalRankFusion,
  scoreFusion,
} from '../../search/index.ts'
import { fusedRanks, pooledRanks } from './baseline-ranks.ts'
import { type EnsembleRetrieval, ensembleRanks } from './ensemble-ranks.ts'
import { measureBaselines } from './measure-baselines.ts'
import { measureEnsemble } from './measure-ensemble.ts'
import { searchWeights, simplexGrid } from './search-weights.ts'
import { weightsHeatMap } from './weights-heat-map.ts'

/** Rows of several encoders apart, every part of unit length. */
function partsOf(rows: readonly Float32Array[], dimensions: readonly number[]): Float32Array[] {
  let start = 0
  return dimensions.map((width) => {
    const from = start
    start += width
    return Float32Array.from(
      rows.flatMap((row) => {
        const part = [...row.subarray(from, from + width)]
        const length = Math.hypot(...part)
        return part.map((value) => value / length)
      }),
    )
  })
}

test('law: ranks are those of a search of the index, for any weights and the best of views', () =>
  fc.assert(
    fc.asyncProperty(world, fc.integer({ min: 1, max: 3 }), fc.nat(9), async (some, views, w) => {
      const folder = await mkdtemp(join(tmpdir(), 'vitrine-ranks-'))
      try {
        const pictures = picturesOf(some)
        const { dimensions } = some
        const encoders = encodersOf(some)
        const grid = simplexGrid(dimensions.length, 3)
        const lambda = grid[w % grid.length]!
        const seen = Array.from({ length: views }, (_, v) =>
          vectorsOf(some.seed + v, 3, dimensions),
        )
        const [ranks] = await ensembleRanks(
          {
            queries: seen.map((rows) => partsOf(rows, dimensions)),
            queryLabels: ['p0', 'p1', 'nobody'],
            gallery: partsOf(
              pictures.map(({ vector }) => vector),
              dimensions,
            ),
            galleryLabels: pictures.map(({ product }) => product),
          },
          [lambda],
        )
        await buildIndex(folder, { encoders, pictures })
        const index = await openIndex(folder, { threads: 1 })
        const weights = Object.fromEntries(encoders.map(({ name }, e) => [name, lambda[e]!]))
        const top = pictures.length
        for (const [q, label] of ['p0', 'p1', 'nobody'].entries()) {
          const queries = seen.map((rows) => [{ vector: rows[q]!, weight: 1 }])
          const hits = bestOfLists(await index.search(queries, { top, weights }), {
            top,
            by: 'picture',
          })
          const at = hits.findIndex(({ product }) => product === label)
          expect(ranks![q]).toBe(at < 0 ? Number.POSITIVE_INFINITY : at + 1)
        }
        await index.close()
      } finally {
        await rm(folder, { recursive: true })
      }
    }),
    { numRuns: 25 },
  ))

/** Two encoders, each right about half of the queries with noise of its own. */
function noisy(seed: number, dimensions: readonly number[]): EnsembleRetrieval {
  const rng = rngFromSeed(seed)
  const [classes, repeats] = [12, 5]
  const labels = Array.from({ length: classes * repeats }, (_, i) => i % classes)
  const centres = dimensions.map((width) =>
    Array.from({ length: classes }, () => Array.from({ length: width }, () => rng.normal())),
  )
  const some = (list: readonly number[], noise: number) =>
    partsOf(
      list.map((label) =>
        Float32Array.from(
          centres.flatMap((own) => own[label]!.map((value) => value + noise * rng.normal())),
        ),
      ),
      dimensions,
    )
  const galleryLabels = Array.from({ length: classes }, (_, i) => i)
  return {
    queries: [some(labels, 1.2)],
    queryLabels: labels,
    gallery: some(galleryLabels, 0.3),
    galleryLabels,
  }
}

test('lists of one encoder alone keep its ranks when fused, short ones lose what is further down', async () => {
  const retrieval = noisy(1, [6, 6])
  const [alone] = await ensembleRanks(retrieval, [[1, 0]])
  for (const fusion of [equalSampling, scoreFusion, reciprocalRankFusion]) {
    const [ranks] = fusedRanks({ ...retrieval, ...onlyFirst(retrieval) }, [[1]], {
      fusion,
      depth: 12,
    })
    expect(ranks).toEqual(alone)
  }
  const [short] = fusedRanks(retrieval, [[0.5, 0.5]], { fusion: scoreFusion, depth: 1 })
  expect(short!.every((rank) => rank === 1 || rank === Number.POSITIVE_INFINITY)).toBe(true)
})

const onlyFirst = ({ queries, gallery }: EnsembleRetrieval) => ({
  queries: queries.map(([first]) => [first!]),
  gallery: gallery.slice(0, 1),
})

test('more queries than are scored at once, the last ones fewer, keep their ranks', async () => {
  const { queries, queryLabels, gallery, galleryLabels } = noisy(6, [6, 5])
  const thrice = (rows: Float32Array) => Float32Array.from([...rows, ...rows, ...rows])
  const [ranks] = await ensembleRanks(
    {
      queries: queries.map((view) => view.map(thrice)),
      queryLabels: [...queryLabels, ...queryLabels, ...queryLabels],
      gallery,
      galleryLabels,
    },
    [[0, 1]],
  )
  const own = firstRightRanks({
    queries: queries[0]![1]!,
    queryLabels,
    gallery: gallery[1]!,
    galleryLabels,
  })
  expect(ranks).toEqual([...own, ...own, ...own])
  const nothing = { queries: [[own, own].map(() => new Float32Array(0))], queryLabels: [] }
  expect(await ensembleRanks({ ...nothing, gallery, galleryLabels }, [[0, 1]])).toEqual([[]])
})

test('all weight on one encoder makes pooling that encoder’s own ranking', () => {
  const retrieval = noisy(2, [6, 6])
  const [pooled] = pooledRanks(retrieval, [[0, 1]])
  expect(pooled).toEqual(
    firstRightRanks({
      queries: retrieval.queries[0]![1]!,
      queryLabels: retrieval.queryLabels,
      gallery: retrieval.gallery[1]!,
      galleryLabels: retrieval.galleryLabels,
    }),
  )
  expect(() => pooledRanks(noisy(2, [6, 5]), [[0, 1]])).toThrow(/one dimension/)
})

test('an ensemble finds what every encoder alone ranks sixth', async () => {
  // Right answer 0 scores 0.8 with both; five others score 1 with one encoder and −1 with the other.
  const scores = [[0.8, 0.8], ...Array(5).fill([1, -1]), ...Array(5).fill([-1, 1])] as number[][]
  const part = (e: number) => Float32Array.from(scores.map((row) => row[e]!))
  const one = Float32Array.of(1)
  const retrieval = {
    queries: [[one, one]],
    queryLabels: [0],
    gallery: [part(0), part(1)],
    galleryLabels: scores.map((_, row) => row),
  }
  const names = ['a', 'b']
  const measured = await measureEnsemble(retrieval, { names, weights: [0.5, 0.5] })
  expect(measured.ensemble.p1).toBe(1)
  expect(measured.members.map(({ table }) => table.p5)).toEqual([0, 0])
  expect(measured.rescued).toBe(1)
  expect((await measureEnsemble(retrieval, { names, weights: [1, 0] })).rescued).toBe(0)
  const baselines = await measureBaselines(retrieval, { tuneOn: retrieval })
  expect(baselines.find(({ way }) => way === 'equal sampling')!.table.p5).toBe(0)
})

test('the grid covers the simplex once', () => {
  expect(simplexGrid(1, 10)).toEqual([[1]])
  expect(simplexGrid(2, 2)).toEqual([
    [1, 0],
    [0.5, 0.5],
    [0, 1],
  ])
  const grid = simplexGrid(3, 10)
  expect(grid).toHaveLength(66)
  expect(new Set(grid.map(String)).size).toBe(66)
  for (const weights of grid) expect(weights.reduce((a, b) => a + b, 0)).toBeCloseTo(1, 12)
  expect(() => simplexGrid(0, 10)).toThrow(/encoders is 0/)
  expect(() => simplexGrid(2, 0.5)).toThrow(/steps is 0.5/)
})

test('the search takes the best by P@5, P@1 and reciprocal rank, then the most even weights', async () => {
  const retrieval = noisy(3, [6, 6])
  const found = await searchWeights(retrieval, { ranksOf: ensembleRanks })
  expect(found.trials).toHaveLength(11)
  for (const { table } of found.trials) expect(table.p5).toBeLessThanOrEqual(found.best.table.p5)
  const ends = [found.trials[0]!, found.trials[10]!]
  for (const { table } of ends) expect(found.best.table.p1).toBeGreaterThan(table.p1)
  const always = (ranks: number[]) => () => simplexGrid(2, 4).map(() => ranks)
  const tied = await searchWeights(retrieval, { ranksOf: always([1, 2, 3]), steps: 4 })
  expect(tied.best.weights).toEqual([0.5, 0.5])
  const ranksOf = () => [
    [1, 7],
    [7, 1],
    [5, 5],
    [5, 1],
    [1, 5],
  ]
  expect((await searchWeights(retrieval, { ranksOf, steps: 4 })).best.weights).toEqual([0.25, 0.75])
})

test('the heat map has a square a pair of weights, names escaped, the best framed', async () => {
  const names = ['a<b', 'b&c', 'd']
  const found = await searchWeights(noisy(4, [3, 3, 3]), { ranksOf: ensembleRanks })
  const svg = weightsHeatMap({ names, ...found })
  expect(svg.match(/<rect x/g)).toHaveLength(66)
  expect(svg.match(/#d93025/g)).toHaveLength(1)
  expect(svg).toContain('a&lt;b')
  expect(svg).toContain('b&amp;c')
  expect(svg).not.toMatch(/NaN|undefined/)
  expect(svg).toMatch(/x="310" y="60" [^\n]*\n/) // the apex stands over the middle of the eleven squares
  expect(svg).toMatch(/text-anchor="end" fill="black">all weight on a&lt;b</)
  // All weights do equally well, so that the most even ones are the best and not the first of their square.
  const ranksOf = () => simplexGrid(4, 5).map(() => [1])
  const four = await searchWeights(noisy(5, [3, 3, 2, 2]), { ranksOf, steps: 5 })
  const map = weightsHeatMap({ names: ['a', 'b', 'c', 'd'], ...four })
  expect(map.match(/<rect x/g)).toHaveLength(21)
  expect(map.match(/#d93025/g)).toHaveLength(1)
  expect(map).toContain('goes to c and d')
})

import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clusteredVectors } from '../../tests/support/clustered-vectors.ts'
import { flipByte } from '../../tests/support/flip-byte.ts'
import { buildIndex, createIndex, openIndex, updateIndex, verifyIndex } from './index.ts'

const dimensions = [32, 32, 16]
const encoders = dimensions.map((dimension, e) => ({ name: `e${e}`, dimension, hash: 'h' }))
const [count, width, queryCount] = [4500, 80, 30]
let folder: string
const next = clusteredVectors({ seed: 8, dimensions, clusters: 150 })
const picture = (product: string) => ({ product, picture: 'x', vector: next() })
const pictures = Array.from({ length: count }, (_, row) => picture(`p${row}`))
const queries = new Float32Array(queryCount * width)
for (let q = 0; q < queryCount; q++) queries.set(next(), q * width)

const one = (q: number) => queries.subarray(q * width, (q + 1) * width)
const place = (name: string) => join(folder, name)
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-approximate-'))
  await buildIndex(place('exact'), { encoders, pictures })
  await buildIndex(place('hnsw'), { encoders, pictures, method: 'hnsw' })
}, 60_000)
afterAll(async () => {
  await rm(folder, { recursive: true })
})

const open = (name: string) => openIndex(place(name), { threads: 1 })
const weightings = [{ e0: 1, e1: 1, e2: 1 }, { e0: 1, e1: 2, e2: 7 }, { e1: 9, e2: 1 }, { e2: 1 }]

test('one graph finds nearly all of the exact top 10, whatever the weights and the choice', async () => {
  const [exact, hnsw] = [await open('exact'), await open('hnsw')]
  expect(hnsw).toMatchObject({ method: 'hnsw', precision: 'f32' })
  const most = new Set(pictures.slice(0, 3500).map(({ product }) => product))
  const few = new Set(['p1', 'p2', 'p3'])
  // The graph is grown by several threads, so that no two are alike: the bound is for all questions together.
  let [sameOfAll, allOfAll] = [0, 0]
  for (const weights of weightings)
    for (const choice of [{}, { products: most }, { products: few }]) {
      const options = { top: 10, weights, ...choice }
      const wanted = await exact.searchProducts(queries, options)
      const found = []
      for (let q = 0; q < queryCount; q++)
        found.push(...(await hnsw.searchProducts(one(q), options)))
      let [same, all] = [0, 0]
      for (const [q, hits] of found.entries()) {
        expect(hits).toHaveLength(wanted[q]!.length)
        const scores = new Map(wanted[q]!.map(({ row, score }) => [row, score]))
        for (const { row, score, product } of hits) {
          if (choice.products !== undefined) expect(choice.products.has(product)).toBe(true)
          const right = scores.get(row)
          if (right !== undefined) expect(Math.abs(score - right)).toBeLessThan(1e-6)
          same += right === undefined ? 0 : 1
          all++
        }
      }
      expect(same / all).toBeGreaterThanOrEqual(0.95)
      sameOfAll += same
      allOfAll += all
    }
  expect(sameOfAll / allOfAll).toBeGreaterThanOrEqual(0.99)
  // More hits or queries than a graph is good for are exact.
  for (const [some, top] of [
    [one(0), 500],
    [queries, 10],
  ] as const)
    expect(await hnsw.search(some, { top })).toEqual(await exact.search(some, { top }))
  await exact.close()
  await hnsw.close()
})

test.each(['f16', 'i8'] as const)('a graph goes with rows of precision %s', async (precision) => {
  await buildIndex(place(precision), { encoders, pictures, method: 'hnsw', precision })
  const index = await open(precision)
  const exact = await open('exact')
  const [found, wanted] = [
    (
      await Promise.all(
        Array.from({ length: queryCount }, (_, q) => index.search(one(q), { top: 5 })),
      )
    ).flat(),
    await exact.search(queries, { top: 5 }),
  ]
  const shared = found.flatMap((hits, q) =>
    hits.filter(({ row }) => wanted[q]!.some((right) => right.row === row)),
  )
  expect(shared.length / (5 * queryCount)).toBeGreaterThanOrEqual(0.95)
  await index.close()
  await exact.close()
})

test('additions grow the graph, other changes make it anew, and it never finds what is gone', async () => {
  const name = 'changing'
  await createIndex(place(name), { encoders, method: 'hnsw' })
  expect(await verifyIndex(place(name))).toMatchObject({ method: 'hnsw', count: 0 })
  await updateIndex(place(name), { add: pictures.slice(0, 2000) })
  const grown = await updateIndex(place(name), { add: pictures.slice(2000, 2600) })
  expect(await verifyIndex(place(name))).toEqual(grown)
  const changed = picture('p5')
  const recall = async (gone: ReadonlySet<string>) => {
    const index = await open(name)
    let right = 0
    const looked = pictures.slice(0, 2600).filter((_, i) => i % 13 === 0)
    for (const { product, vector } of [...looked, changed]) {
      const [hits] = await index.search(vector, { top: 1 })
      expect(gone.has(hits![0]!.product)).toBe(false)
      if (hits![0]!.product === product && hits![0]!.score > 0.9999) right++
    }
    await index.close()
    return right / (looked.length + 1)
  }
  expect(await recall(new Set())).toBeGreaterThan(0.97)
  const gone = new Set(pictures.slice(1000, 1130).map(({ product }) => product))
  await updateIndex(place(name), { remove: [...gone], replace: [{ ...changed }] })
  expect(await verifyIndex(place(name))).toMatchObject({ method: 'hnsw', count: 2470 })
  expect(await recall(gone)).toBeGreaterThan(0.92) // a twentieth is gone
  expect((await readdir(place(name))).filter((file) => file.startsWith('graph'))).toEqual([
    'graph-4.usearch',
  ])
})

test('a damaged graph is refused and never followed', async () => {
  const name = 'damaged'
  const some = pictures.slice(0, 300)
  await buildIndex(place(name), { encoders, pictures: some, method: 'hnsw' })
  const graph = join(place(name), 'graph-1.usearch')
  const refusal = (message: RegExp) => ({
    code: 'InvalidInput',
    message: expect.stringMatching(message),
  })
  await flipByte(graph, 20_000)
  for (const attempt of [
    () => open(name),
    () => verifyIndex(place(name)),
    () => updateIndex(place(name), { add: [picture('new')] }),
  ])
    await expect(attempt()).rejects.toMatchObject(refusal(/graph-1.usearch: .* checksum .* again/))
  await truncate(graph, 1000)
  await expect(open(name)).rejects.toMatchObject(refusal(/graph-1.usearch: has 1000 bytes/))
  await rm(graph)
  await expect(open(name)).rejects.toMatchObject(refusal(/graph-1.usearch: is missing/))
  const path = join(place(name), 'index.json')
  const { graph: _, ...manifest } = JSON.parse(await readFile(path, 'utf8'))
  await writeFile(path, JSON.stringify(manifest))
  await expect(open(name)).rejects.toMatchObject(refusal(/graph does not fit the method/))
})

test('a build that is stopped leaves the old index and nothing else', async () => {
  const before = await readdir(place('hnsw'))
  const stop = new AbortController()
  function* stopping() {
    for (const [row, each] of pictures.entries()) {
      if (row === 1000) stop.abort()
      yield each
    }
  }
  await expect(
    buildIndex(place('hnsw'), {
      encoders,
      pictures: stopping(),
      method: 'hnsw',
      precision: 'i8',
      signal: stop.signal,
    }),
  ).rejects.toMatchObject({ code: 'Cancelled' })
  expect(await readdir(place('hnsw'))).toEqual(before)
})

import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { clusteredVectors } from '../../tests/support/clustered-vectors.ts'
import { flipByte } from '../../tests/support/flip-byte.ts'
import {
  buildIndex,
  createIndex,
  type Hit,
  type IndexedPicture,
  openIndex,
  type Precision,
  updateIndex,
  type VectorIndex,
  verifyIndex,
} from './index.ts'

const dimensions = [48, 16]
const encoders = dimensions.map((dimension, e) => ({ name: `e${e}`, dimension, hash: 'h' }))
const count = 4000
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-precision-'))
})
afterAll(async () => {
  await rm(folder, { recursive: true })
})

/** The same pictures at every precision, five queries, and weights to search them with. */
async function world(name: string, outlier: number) {
  const next = clusteredVectors({ seed: 5, dimensions, clusters: 60, outlier })
  const pictures = Array.from({ length: count }, (_, row) => ({
    product: `p${row % 900}`,
    picture: `${row}`,
    vector: next(),
  }))
  const open = async (precision: Precision): Promise<VectorIndex> => {
    const place = join(folder, `${name}-${precision}`)
    await buildIndex(place, { encoders, pictures, precision })
    return openIndex(place, { threads: 1 })
  }
  const queries = new Float32Array(5 * 64)
  for (let q = 0; q < 5; q++) queries.set(next(), q * 64)
  return { pictures, queries, f32: await open('f32'), f16: await open('f16'), i8: await open('i8') }
}

const rowsOf = (lists: readonly Hit[][]) => lists.map((hits) => hits.map(({ row }) => row))
const scoresOf = (lists: readonly Hit[][]) => lists.flat().map(({ score }) => score)
const furthest = (a: number[], b: number[]) => Math.max(...a.map((x, i) => Math.abs(x - b[i]!)))

test.each([
  ['clusters', 0],
  ['clusters and one large value', 12],
])('%s: i8 finds what f32 finds, f16 all but some ties', async (name, outlier) => {
  const { queries, f32, f16, i8 } = await world(name, outlier)
  const most = new Set(Array.from({ length: 700 }, (_, p) => `p${p}`))
  const few = new Set(['p1', 'p2', 'p3'])
  let [same, all] = [0, 0]
  for (const weights of [{ e0: 1, e1: 1 }, { e0: 1, e1: 9 }, { e1: 1 }])
    for (const choice of [{}, { products: most }, { products: few }])
      for (const by of ['search', 'searchProducts'] as const) {
        const options = { top: 10, weights, ...choice }
        const wanted = await f32[by](queries, options)
        const found = await i8[by](queries, options)
        expect(rowsOf(found)).toEqual(rowsOf(wanted))
        expect(furthest(scoresOf(found), scoresOf(wanted))).toBeLessThan(1e-6)
        const halves = await f16[by](queries, options)
        expect(furthest(scoresOf(halves), scoresOf(wanted))).toBeLessThan(4e-4)
        for (const [q, rows] of rowsOf(halves).entries()) {
          const right = rowsOf(wanted)[q]!
          expect(rows).toHaveLength(right.length)
          same += rows.filter((row) => right.includes(row)).length
          all += right.length
        }
      }
  expect(same / all).toBeGreaterThan(0.99)
  for (const index of [f32, f16, i8]) await index.close()
})

test('many queries together, and more hits than codes are good for, are the same too', async () => {
  const { queries, f32, f16, i8 } = await world('many', 0)
  const many = new Float32Array(40 * 64)
  for (let q = 0; q < 8; q++) many.set(queries, q * queries.length)
  for (const [some, top] of [
    [many, 7],
    [queries, 600],
    [queries, count],
  ] as const) {
    const wanted = await f32.search(some, { top })
    expect(rowsOf(await i8.search(some, { top }))).toEqual(rowsOf(wanted))
    expect((await f16.search(some, { top })).map((hits) => hits.length)).toEqual(
      wanted.map((hits) => hits.length),
    )
  }
  for (const index of [f32, f16, i8]) await index.close()
})

test('rows nearer to each other than bytes can tell are ranked as f32 ranks them', async () => {
  const next = clusteredVectors({ seed: 9, dimensions, clusters: 1 })
  const centre = next()
  const pictures = Array.from({ length: 2000 }, (_, row) => ({
    product: `p${row}`,
    picture: 'x',
    vector: next().map((value, i) => centre[i]! + 0.01 * value),
  }))
  const lists: Hit[][][] = []
  for (const precision of ['f32', 'i8'] as const) {
    await buildIndex(join(folder, `dense-${precision}`), { encoders, pictures, precision })
    const index = await openIndex(join(folder, `dense-${precision}`), { threads: 1 })
    lists.push(await index.search(centre, { top: 10 }))
    await index.close()
  }
  expect(rowsOf(lists[1]!)).toEqual(rowsOf(lists[0]!))
})

test('half precision halves the rows, bytes add a quarter to them', async () => {
  const bytes: Record<string, number> = {}
  for (const precision of ['f32', 'f16', 'i8'] as const) {
    const place = join(folder, `clusters-${precision}`)
    for (const name of await readdir(place))
      if (/^(rows|codes)/.test(name)) bytes[name] = (await stat(join(place, name))).size
    expect(await verifyIndex(place)).toMatchObject({ precision, method: 'exact' })
  }
  const tiles = Math.ceil(count / 64) * 64
  expect(bytes).toEqual({
    'rows-1.f32': count * 64 * 4,
    'rows-1.f16': count * 64 * 2,
    'codes-1.i8': tiles * (64 + 4 + 4),
  })
})

test.each(['f16', 'i8'] as const)('%s stays through every change', async (precision) => {
  const place = join(folder, `changing-${precision}`)
  const next = clusteredVectors({ seed: 6, dimensions, clusters: 9 })
  const picture = (product: string): IndexedPicture => ({ product, picture: 'x', vector: next() })
  const pictures = Array.from({ length: 1500 }, (_, i) => picture(`p${i}`))
  await createIndex(place, { encoders, precision })
  await updateIndex(place, { add: pictures })
  const [changed, added] = [picture('p7'), picture('new')]
  const { generation } = await updateIndex(place, {
    remove: ['p0', 'p9'],
    replace: [changed],
    add: [added],
  })
  expect(await verifyIndex(place)).toMatchObject({ precision, generation: 3, count: 1499 })
  expect((await readdir(place)).every((name) => !/-[12]\./.test(name))).toBe(true)
  expect(generation).toBe(3)
  const index = await openIndex(place)
  for (const { product, vector } of [changed, added, pictures[500]!]) {
    const [hits] = await index.search(vector, { top: 1 })
    expect(hits).toMatchObject([{ product, score: expect.closeTo(1, 3) }])
    const [stored] = await index.vectorsOf(product)
    expect(furthest([...stored!], [...vector])).toBeLessThan(precision === 'i8' ? 1e-7 : 5e-4)
  }
  const gone = await index.search(pictures[9]!.vector, { top: 1499 })
  expect(gone[0]!.some(({ product }) => product === 'p9' || product === 'p0')).toBe(false)
  await index.close()
})

test('damaged codes are found: their length at opening, their bytes by verification', async () => {
  const place = join(folder, 'damaged')
  const next = clusteredVectors({ seed: 7, dimensions, clusters: 9 })
  const pictures = Array.from({ length: 100 }, (_, i) => ({
    product: `p${i}`,
    picture: 'x',
    vector: next(),
  }))
  await buildIndex(place, { encoders, pictures, precision: 'i8' })
  const codes = join(place, 'codes-1.i8')
  await flipByte(codes)
  const refusal = (message: RegExp) => ({
    code: 'InvalidInput',
    message: expect.stringMatching(message),
  })
  await expect(verifyIndex(place)).rejects.toMatchObject(refusal(/codes-1.i8: .* checksum/))
  await truncate(codes, 1000)
  await expect(openIndex(place)).rejects.toMatchObject(
    refusal(/codes-1.i8: has 1000 bytes, .* 9216/),
  )
  await rm(codes)
  await expect(openIndex(place)).rejects.toMatchObject(refusal(/codes-1.i8: is missing/))
  // Codes follow from the rows, so a change makes them again.
  await updateIndex(place, { remove: ['p3'] })
  expect(await verifyIndex(place)).toMatchObject({ count: 99, precision: 'i8' })
  await editManifest(place, ({ codes: _, ...rest }) => rest)
  await expect(openIndex(place)).rejects.toMatchObject(refusal(/codes do not fit the precision/))
})

test('rows that are too long for whole numbers are refused', () =>
  expect(
    buildIndex(join(folder, 'long'), {
      encoders: ['a', 'b'].map((name) => ({ name, dimension: 60_000, hash: 'h' })),
      pictures: [],
      precision: 'i8',
    }),
  ).rejects.toMatchObject({
    code: 'InvalidInput',
    message: expect.stringMatching(/120000 values .* precision i8, which takes 100000; take f16/),
  }))

test('an index from before there was a choice opens as it did', async () => {
  const place = join(folder, 'old')
  await buildIndex(place, {
    encoders: [{ name: 'tiny', dimension: 3, hash: 'abc' }],
    pictures: [0, 1].map((i) => ({
      product: `p${i}`,
      picture: 'x',
      vector: Float32Array.of(1, i, 0),
    })),
  })
  await editManifest(place, ({ precision: _, method: __, ...rest }) => rest)
  const index = await openIndex(place)
  expect((await index.search(Float32Array.of(1, 0, 0), { top: 1 }))[0]).toMatchObject([
    { product: 'p0', score: 1 },
  ])
  await index.close()
  // The graph that lay beside such rows, of which one would not open if it were another.
  const graph = await readFile(join(place, 'scan-1.onnx'))
  expect(createHash('sha256').update(graph).digest('hex')).toBe(
    'cd11bc8f9dc1d8e72ae316de2d4f4d0eab1ec3d6cc244f1dbb0f92b34b94188d',
  )
  expect(await updateIndex(place, { remove: ['p1'] })).toMatchObject({ precision: 'f32' })
})

async function editManifest(
  place: string,
  edit: (manifest: Record<string, unknown>) => unknown,
): Promise<void> {
  const path = join(place, 'index.json')
  await writeFile(path, JSON.stringify(edit(JSON.parse(await readFile(path, 'utf8')))))
}

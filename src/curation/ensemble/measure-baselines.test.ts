import { expect, test } from 'vitest'
import type { EnsembleRetrieval } from './ensemble-ranks.ts'
import { measureBaselines } from './measure-baselines.ts'

const classes = 12
const labels = Array.from({ length: classes }, (_, i) => i)

/** Rows of unit length: that of a class is its axis, or that of the class so many further on. */
function axes(shift: number): Float32Array {
  const rows = new Float32Array(classes * classes)
  for (const label of labels) rows[label * classes + ((label + shift) % classes)] = 1
  return rows
}

/** Two encoders of which only one knows what the queries show. */
function world(knowing: 0 | 1): EnsembleRetrieval {
  return {
    queries: [knowing === 0 ? [axes(0), axes(5)] : [axes(5), axes(0)]],
    queryLabels: labels,
    gallery: [axes(0), axes(0)],
    galleryLabels: labels,
  }
}

async function byWay(retrieval: EnsembleRetrieval, tuneOn: EnsembleRetrieval) {
  const found = await measureBaselines(retrieval, { tuneOn, steps: 2 })
  return new Map(found.map((one) => [one.way, one]))
}

const weighted = ['score fusion', 'weighted reciprocal rank fusion', 'weighted pooling']

test('every baseline finds its own best settings', async () => {
  const found = await byWay(world(0), world(0))
  for (const way of [...weighted, 'equal sampling']) expect(found.get(way)!.table.p1, way).toBe(1)
  // Ten of the twelve rows lose some answers, fifty lose none, and of equals the first is taken.
  expect(found.get('reciprocal rank fusion')!.settings).toMatchObject({ depth: 50, constant: 1 })
  expect(found.get('reciprocal rank fusion')!.settings.weights).toBeUndefined()
})

test('taking in turn begins with the encoder that is best', async () => {
  const other = await byWay(world(1), world(1))
  expect(other.get('equal sampling')).toMatchObject({ settings: { first: 1 }, table: { p1: 1 } })
  const misled = await byWay(world(1), world(0))
  expect(misled.get('equal sampling')).toMatchObject({ settings: { first: 0 }, table: { p1: 0 } })
})

test('settings come from the queries to tune on alone', async () => {
  const found = await byWay(world(1), world(0))
  for (const way of weighted) {
    expect(found.get(way)!.settings.weights![0], way).toBeGreaterThanOrEqual(0.5)
    expect(found.get(way)!.table.p1, way).toBeLessThan(1)
  }
})

test('vectors of two lengths are not pooled', async () => {
  const { queries, gallery, ...others } = world(0)
  const half = (rows: Float32Array) => rows.subarray(0, rows.length / 2)
  const uneven = {
    ...others,
    queries: queries.map(([a, b]) => [a!, half(b!)]),
    gallery: [gallery[0]!, half(gallery[1]!)],
  }
  expect([...(await byWay(uneven, uneven)).keys()]).toEqual([
    'equal sampling',
    'score fusion',
    'reciprocal rank fusion',
    'weighted reciprocal rank fusion',
  ])
})

import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readModelFolder } from '../../src/encoders/index.ts'
import type { RetrievalTable } from '../../src/metrics/index.ts'
import { realFile } from '../support/real-data.ts'
import { runVitrine } from '../support/run-vitrine.ts'

const root = resolve(import.meta.dirname, '../..')
const grocery = realFile('data', 'grocery')

async function evaluate(): Promise<Record<string, RetrievalTable>> {
  const outcome = await runVitrine(['eval', '--data', grocery.path, '--json'], { cwd: root })
  expect(outcome).toMatchObject({ exitCode: 0 })
  return JSON.parse(outcome.stdout).galleries
}

describe.skipIf(grocery.missing)('on the Grocery Store photos', () => {
  test('the shipped encoder reaches what its card says', async () => {
    const { card } = await readModelFolder(join(root, 'models', 'grocery-triplet'))
    const galleries = await evaluate()
    const iconic = galleries['iconic pictures']!
    const photos = galleries['iconic pictures and train photos']!
    // Another processor may round another way: a handful of the 2,485 queries may differ.
    expect(iconic.p1).toBeCloseTo(card.metrics.testIconicP1!, 2)
    expect(photos.p1).toBeCloseTo(card.metrics.testPhotosP1!, 2)
    expect(photos).toMatchObject({ queries: 2485, gallery: 2721 })
  })
})

import { join, resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readModelFolder } from '../../src/encoders/index.ts'
import type { RetrievalTable } from '../../src/metrics/index.ts'
import { realFile } from '../support/real-data.ts'
import { runVitrine } from '../support/run-vitrine.ts'

const root = resolve(import.meta.dirname, '../..')
const grocery = realFile('data', 'grocery')
const mobilenet = realFile('models', 'mobilenet-v1-1.0-224-dw13.onnx')

async function evaluate(...args: string[]): Promise<Record<string, RetrievalTable>> {
  const outcome = await runVitrine(['eval', '--data', grocery.path, '--json', ...args], {
    cwd: root,
  })
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

  // Figures of the weights' own notes: iconic 23.94 and 44.06, train photos 50.46 and 73.28.
  test.skipIf(mobilenet.missing)('a plain ONNX file gives its published figures', async () => {
    const galleries = await evaluate('--model', mobilenet.path, '--size', '224')
    const iconic = galleries['iconic pictures']!
    expect(Math.abs(iconic.p1 - 0.2394)).toBeLessThan(0.01)
    expect(Math.abs(iconic.p5 - 0.4406)).toBeLessThan(0.01)
  })
})

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { AppError, rngFromSeed } from '../../src/core/index.ts'
import {
  curationRecipes,
  findRetrievalFiles,
  loadRetrievalSet,
  trainRetriever,
} from '../../src/curation/index.ts'
import { attributeRetriever } from '../../src/curation/training/attribute-retriever.ts'
import { retrieverPlan } from '../../src/curation/training/retriever-plan.ts'
import { openWordVectors, pullWordVectors, type WordVectors } from '../../src/encoders/index.ts'
import { realFile } from '../support/real-data.ts'

const grocery = realFile('data', 'grocery')
const pulled = await pullWordVectors({ env: process.env }).then(openWordVectors, sayWhatIsAbsent)
let words: WordVectors
let folder: string

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-grocery-'))
  words = pulled!
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const inner = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, x, i) => sum + x * b[i]!, 0)

test.skipIf(pulled === undefined)('real word vectors know what is alike', async () => {
  const rows = await words.encode(['soy milk', 'sour cream', 'leek', 'onion', 'oatghurt'])
  const [milk, cream, leek, onion, oatghurt] = [0, 1, 2, 3, 4].map((i) =>
    rows.subarray(i * 100, i * 100 + 100),
  )
  expect(inner(milk!, cream!)).toBeGreaterThan(inner(milk!, leek!) + 0.1)
  expect(inner(onion!, leek!)).toBeGreaterThan(inner(onion!, milk!))
  expect(oatghurt!.every((x) => x === 0)).toBe(true)
  expect(words.unknown('Oatly Natural Oatghurt')).toEqual(['oatly', 'oatghurt'])
})

describe.skipIf(grocery.missing || pulled === undefined)(
  'attributes of the real Grocery Store products',
  () => {
    test('learned for a minute, they retrieve better than the untrained network', async () => {
      const recipe = {
        ...curationRecipes['curation/grocery-attributes'],
        network: { widths: [16, 32, 64, 128], blocks: [1, 1, 1], dimension: 128 },
        phases: [{ epochs: 6, size: 32 }],
        servedSize: 48,
      }
      const files = await findRetrievalFiles(grocery.path, rngFromSeed(0))
      const set = await loadRetrievalSet(files, { longestSide: 72 })
      const untrained = await attributeRetriever({ recipe, seed: 1, set, text: words })
      const before = await retrieverPlan({ recipe, retriever: untrained, set }).plan.validate()
      const { curve, best } = await trainRetriever({
        recipe,
        seed: 1,
        set,
        openText: async () => words,
        dataName: files.name,
        folder: join(folder, 'run'),
      })
      // Measured: loss 2.94 to 2.13; P@1 0.064 to 0.172, P@5 0.169 to 0.402.
      expect(curve.at(-1)!.loss! / curve[0]!.loss!).toBeLessThan(0.85)
      expect(best.metrics.validationP1! - before.metrics.validationP1!).toBeGreaterThan(0.06)
      expect(best.metrics.validationP5! - before.metrics.validationP5!).toBeGreaterThan(0.12)
    })
  },
)

function sayWhatIsAbsent(error: unknown): undefined {
  if (!(error instanceof AppError) || error.code !== 'Unavailable') throw error
  process.stderr.write(`skipped: tests that need word vectors (${error.message})\n`)
}

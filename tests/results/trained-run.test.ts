import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { silent } from '../../src/core/index.ts'
import { curationRecipes } from '../../src/curation/index.ts'
import { trainedRun } from '../../tools/results/trained-run.ts'

let runs: string
beforeEach(async () => {
  runs = await mkdtemp(join(tmpdir(), 'vitrine-runs-'))
})
afterEach(() => rm(runs, { recursive: true }))

const recipe = curationRecipes['curation/grocery-triplet-iconic']
const data = {
  set: () => Promise.reject(new Error('nothing is to be decoded')),
  name: 'nothing',
  hash: 'abc',
}
const written = (name: string, content: unknown) => ({ name, content })
const whole = [
  written('recipe.json', { recipe, seed: 2, data: 'nothing', dataHash: 'abc' }),
  written('metrics.json', { bestEpoch: 80, validationP1: 0.5, validationP5: 0.75, seconds: 60 }),
  written('model/model.json', {}),
]

async function findWith(files: typeof whole, seed = 2) {
  const folder = join(runs, `grocery-triplet-iconic-seed${seed}`)
  for (const { name, content } of files) {
    await mkdir(dirname(join(folder, name)), { recursive: true })
    await writeFile(join(folder, name), JSON.stringify(content))
  }
  const context = {
    runs,
    training: false,
    session: {},
    data: '',
    seeds: [1],
    docs: '',
    models: '',
    mobilenet: '',
    progress: silent,
    signal: new AbortController().signal,
  }
  return trainedRun({ recipe, seed, data }, context)
}

test('a finished run of this recipe, seed and data is taken', async () => {
  expect(await findWith(whole)).toMatchObject({ seed: 2, validationP1: 0.5, bestEpoch: 80 })
})

test('an imported network may have been named by the run', async () => {
  const network = { ...recipe.network, model: 'file:mobilenet.onnx' }
  const [, ...rest] = whole
  const named = written('recipe.json', {
    recipe: { ...recipe, network },
    seed: 2,
    dataHash: 'abc',
  })
  expect(await findWith([named, ...rest])).toBeDefined()
})

test.each([
  ['no run at all', []],
  ['one under way', whole.slice(0, 1)],
  ['one without its model', whole.slice(0, 2)],
  [
    'another recipe',
    [written('recipe.json', { recipe: { ...recipe, patience: 9 }, seed: 2, dataHash: 'abc' })],
  ],
  ['another seed', [written('recipe.json', { recipe, seed: 3, dataHash: 'abc' })]],
  ['other data', [written('recipe.json', { recipe, seed: 2, dataHash: 'abd' })]],
])('%s is not', async (_, files) => {
  const rest = files.length === 1 && files[0] !== whole[0] ? whole.slice(1) : []
  expect(await findWith([...files, ...rest])).toBeUndefined()
})

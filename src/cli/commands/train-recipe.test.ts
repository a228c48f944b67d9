import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runVitrine } from '../../../tests/support/run-vitrine.ts'
import { writeUntrainedModel } from '../../../tests/support/untrained-model.ts'

let folder: string

/** Four products of one colour each, four pictures of every one, and a model to start from. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-recipe-'))
  for (const [i, colour] of ['#c22', '#2c2', '#22c', '#cc2'].entries()) {
    await mkdir(join(folder, 'shop', `p${i}`), { recursive: true })
    for (let k = 0; k < 4; k++)
      await sharp({ create: { width: 32 + k, height: 32, channels: 3, background: colour } })
        .jpeg()
        .toFile(join(folder, 'shop', `p${i}`, `${k}.jpg`))
  }
  await writeUntrainedModel(join(folder, 'start'))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const train = (...args: string[]) =>
  runVitrine(['train', ...args, '--data', 'shop', '--threads', '1'], { cwd: folder })

let written = 0
/** Writes a recipe file of its own name, since a module is run once, and returns its path. */
async function recipe(text: string): Promise<string> {
  const name = `./mine-${written++}.ts`
  await writeFile(join(folder, name), `import type { curation } from 'vitrine'\n${text}`)
  return name
}

test('a recipe file says what it changes of another recipe; its network may come from elsewhere', async () => {
  const path = await recipe(`
    const tuned = {
      extends: 'curation/grocery-mobilenet',
      name: 'mine',
      network: { kind: 'imported', rate: 0.1 },
      phases: [{ epochs: 3, size: 32 }],
      servedSize: 32,
    } satisfies curation.RecipeFile
    export default tuned
  `)
  const outcome = await train(path, '--model', 'start', '--json')
  expect(outcome).toMatchObject({ exitCode: 0, stderr: '' })
  const data = JSON.parse(outcome.stdout)
  expect(data.folder).toBe(join(folder, 'runs', 'mine-seed1'))
  // said beforehand, and for machines
  expect(outcome.watched).toMatch(/mine: 12 pictures of 4 products to learn from, 4 to validate by/)
  expect(outcome.watched).toMatch(/training takes about \d+ s: 3 epochs of \d steps at \d+ ms/)
  expect(data.estimate).toMatchObject({ phases: [{ epochs: 3 }], validations: 1 })
  const card = JSON.parse(await readFile(join(data.folder, 'model', 'model.json'), 'utf8'))
  expect(card).toMatchObject({
    name: 'mine',
    dimension: 32,
    origin: { model: 'untrained-1', licence: 'MIT' },
  })
}, 60_000)

describe('a recipe file that is none', () => {
  test.each([
    ['export default 3', 2, /mine-\d+\.ts: exports default, wanted one recipe/],
    ['', 2, /mine-\d+\.ts: exports nothing, wanted one recipe/],
    ['export const a = {}, b = {}', 2, /mine-\d+\.ts: exports a, b, wanted one recipe/],
    ['throw new Error("no disk")', 2, /mine-\d+\.ts: cannot be run \(no disk\); correct it/],
    ['export default {', 2, /mine-\d+\.ts: cannot be run/],
    [
      'export const mine = { extends: "curation/grocery-triplt" }',
      3,
      /mean curation\/grocery-tripl/,
    ],
    [
      'export default { extends: "curation/grocery-triplet", margin: 1 }',
      2,
      /Unrecognized key.*marg/,
    ],
    [
      'export default { extends: "curation/grocery-triplet", loss: { margin: -1, minerEpsilon: 0 } }',
      2,
      /mine-\d+\.ts: loss\.margin: .*>0.*own-catalogue\.md shows a recipe/,
    ],
    ['export default { kind: "quadruplet" }', 2, /mine-\d+\.ts: kind: /],
    [
      'export default { extends: "curation/grocery-triplet", network: { kind: "imported", last: 2 } }',
      2,
      /mine-\d+\.ts: network: Unrecognized key.*last/,
    ],
  ])('%j ends with exit code %i and one line', async (text, exitCode, line) => {
    const outcome = await train(await recipe(text))
    expect(outcome).toMatchObject({ exitCode, stdout: '' })
    expect(outcome.stderr.trim()).toMatch(line)
  })

  test('one that is not there is named', async () => {
    const outcome = await train('./gone.ts')
    expect(outcome).toMatchObject({ exitCode: 3, stdout: '' })
    expect(outcome.stderr).toMatch(/gone\.ts: there is no recipe file here/)
  })
})

test.each([
  [['curation/grocery-mobilenet'], 2, /fine-tunes a network from elsewhere; name it with --model/],
  [
    ['curation/grocery-triplet', '--model', 'start'],
    2,
    /starts from random weights, so it takes no --m/,
  ],
  [['curation/grocery-triplet', '--mean', '0.5'], 2, /starts from random weights/],
  [['curation/grocery-mobilenet', '--model', 'gone.onnx'], 3, /gone\.onnx: there is no model here/],
  [['curation/grocery-mobilenet', '--model', 'shop/p0/0.jpg'], 3, /0\.jpg: there is no model here/],
])('%j ends with exit code %i before anything is decoded', async (args, exitCode, line) => {
  const outcome = await train(...args)
  expect(outcome).toMatchObject({ exitCode, stdout: '', watched: '' })
  expect(outcome.stderr).toMatch(line)
})

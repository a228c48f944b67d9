import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runVitrine } from '../../../tests/support/run-vitrine.ts'
import { tinyWords } from '../../../tests/support/tiny-words.ts'
import { writeTwoTowerFolder } from '../../../tests/support/two-tower-folder.ts'
import { exitCodes } from '../exit-codes.ts'

let folder: string

/** Five products of one colour each, four pictures of every one. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-cli-train-'))
  for (const [i, colour] of ['#c22', '#2c2', '#22c', '#cc2', '#2cc'].entries()) {
    await mkdir(join(folder, 'shop', `p${i}`), { recursive: true })
    for (let k = 0; k < 4; k++)
      await sharp({ create: { width: 32 + k, height: 32, channels: 3, background: colour } })
        .jpeg()
        .toFile(join(folder, 'shop', `p${i}`, `${k}.jpg`))
  }
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const vitrine = (...args: string[]) => runVitrine(args, { cwd: folder })

test('trains on a folder of pictures and leaves a run folder with a model', async () => {
  const outcome = await vitrine('train', '--data', 'shop', '--epochs', '2', '--json')
  expect(outcome).toMatchObject({ exitCode: 0, stderr: '' })
  const { estimate, ...data } = JSON.parse(outcome.stdout)
  expect(estimate.seconds).toBeGreaterThan(0)
  expect(data).toMatchObject({ folder: join(folder, 'runs', 'own-catalogue-seed1') })
  const card = JSON.parse(await readFile(join(data.folder, 'model', 'model.json'), 'utf8'))
  expect(card).toMatchObject({ seed: 1, data: { pictures: 15 } })

  const again = await vitrine('train', '--data', 'shop', '--epochs', '2', '--json')
  expect(JSON.parse(again.stdout)).toEqual(data)
  const recipe = await readFile(join(data.folder, 'recipe.json'), 'utf8')
  const other = await vitrine('train', '--data', 'shop', '--epochs', '1')
  expect(other).toMatchObject({ exitCode: 4 })
  expect(other.stderr).toMatch(/belongs to another recipe, seed or data set; remove the run folder/)
  expect(await readFile(join(data.folder, 'recipe.json'), 'utf8')).toBe(recipe)
}, 60_000)

test('trains by self-distillation too', async () => {
  const dino = ['train', 'curation/grocery-dino', '--data', 'shop', '--epochs', '1', '--json']
  const outcome = await vitrine(...dino)
  expect(outcome).toMatchObject({ exitCode: 0, stderr: '' })
  const data = JSON.parse(outcome.stdout)
  expect(data).toMatchObject({ folder: join(folder, 'runs', 'grocery-dino-seed1'), bestEpoch: 1 })
  const [names] = (await readFile(join(data.folder, 'curve.csv'), 'utf8')).split('\n')
  expect(names).toMatch(/teacherMomentum,teacherTemperature,loss,teacherEntropy,divergence,/)
}, 60_000)

test('attributes are learned with the word vectors of the cache', async () => {
  const cache = join(folder, 'cache')
  await tinyWords(join(cache, 'models', 'words', 'glove-100d'), ['p0', 'p1', 'p2', 'p3'])
  const args = ['train', 'curation/sample-shop-attributes', '--data', 'shop', '--epochs', '1']
  const outcome = await runVitrine([...args, '--json'], {
    cwd: folder,
    env: { VITRINE_CACHE: cache },
  })
  expect(outcome).toMatchObject({ exitCode: 0, stderr: '' })
  const path = join(JSON.parse(outcome.stdout).folder, 'model', 'model.json')
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
    name: 'sample-shop-attributes',
    // p4 is no word of theirs
    recipe: { textEncoder: 'tiny', learned: [{ name: 'title', missing: 0.2 }] },
  })
}, 60_000)

test('attributes are learned in the space of a model with a tower for texts', async () => {
  await writeTwoTowerFolder(join(folder, 'clip'))
  const rows = ['red', 'green', 'blue', 'yellow'].map((colour, i) => {
    const images = [0, 1, 2].map((k) => `shop/p${i}/${k}.jpg`)
    return `${colour},${colour} apple,${images.join('|')}`
  })
  await writeFile(join(folder, 'apples.csv'), ['id,title,images', ...rows].join('\n'))
  const recipe = 'curation/sample-shop-attributes'
  const args = ['train', recipe, '--data', 'apples.csv', '--epochs', '1']
  const outcome = await vitrine(...args, '--text', 'clip', '--out', 'with-clip', '--json')
  expect(outcome).toMatchObject({ exitCode: 0, stderr: '' })
  const path = join(folder, 'with-clip', 'model', 'model.json')
  expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({
    recipe: { text: 'clip', learned: [{ name: 'title', missing: 0 }] },
  })
}, 60_000)

test('without word vectors and without network, one line says so', async () => {
  const env = {
    VITRINE_CACHE: join(folder, 'empty'),
    npm_config_registry: 'http://127.0.0.1:9/',
  }
  const args = ['train', 'curation/grocery-attributes', '--data', 'shop', '--out', 'none']
  const outcome = await runVitrine(args, { cwd: folder, env })
  expect(outcome).toMatchObject({ exitCode: exitCodes.Unavailable, stdout: '' })
  expect(outcome.stderr.trim()).toMatch(/127\.0\.0\.1:9/)
})

test.each([
  [['train', '--data', 'nowhere'], 3, /nowhere/],
  [['train', 'curation/none', '--data', 'shop'], 3, /the recipes are curation\/own-catalogue/],
  [['train', '--data', 'shop', '--epochs', '0'], 2, /--epochs/],
  [['train', '--data', 'shop', '--text', 'words'], 2, /--text is for recipes that learn attr/],
  [['train', '--data', join('shop', 'p1')], 2, /no product has three pictures/],
  [['train', 'curation/grocery-triplt', '--data', 'shop'], 3, /mean curation\/grocery-triplet\?/],
  [['train', 'constructor', '--data', 'shop'], 3, /there is no recipe "constructor"; the recipes/],
  [['eval', '--data', 'shop'], 3, /shop: not the Grocery Store data set/],
  [['eval', '--data', 'shop'], 3, /nor the Fashion Product Images .*"vitrine data list"/],
  [['eval', '--data', 'nowhere'], 3, /nowhere: no such catalogue file or folder; check the path/],
  [['eval', '--data', 'grocerry'], 3, /grocerry: no such .* folder; did you mean grocery\?/],
  [['eval', '--data', 'fashion'], 3, /fashion: no such .*; get it with "vitrine data get fashion"/],
])('%j ends with exit code %i and one line', async (args, exitCode, line) => {
  const outcome = await vitrine(...args)
  expect(outcome).toMatchObject({ exitCode, stdout: '' })
  expect(outcome.stderr.trim()).toMatch(line)
  expect(outcome.stderr.trim().split('\n')).toHaveLength(1)
})

test('one product alone cannot be learned from', async () => {
  await mkdir(join(folder, 'lonely', 'p'), { recursive: true })
  for (let k = 0; k < 4; k++)
    await writeFile(
      join(folder, 'lonely', 'p', `${k}.jpg`),
      await readFile(join(folder, 'shop', 'p0', `${k}.jpg`)),
    )
  const outcome = await vitrine('train', '--data', 'lonely', '--out', 'alone')
  expect(outcome).toMatchObject({ exitCode: 2 })
  expect(outcome.stderr).toMatch(/1 product to learn from, at least two/)
})

test('a device that is not here is said before anything is read or written', async () => {
  const elsewhere = process.platform === 'darwin' ? 'dml' : 'coreml'
  const outcome = await vitrine('train', '--data', 'shop', '--device', elsewhere, '--out', 'away')
  expect(outcome).toMatchObject({ exitCode: 5, stdout: '' })
  expect(outcome.stderr).toMatch(
    new RegExp(`device "${elsewhere}" is not usable here.*--device cpu`),
  )
  await expect(stat(join(folder, 'away'))).rejects.toThrow('ENOENT')
})

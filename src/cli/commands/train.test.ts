import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runVitrine } from '../../../tests/support/run-vitrine.ts'

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
  const data = JSON.parse(outcome.stdout)
  expect(data).toMatchObject({ folder: join(folder, 'runs', 'grocery-triplet-seed1') })
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

test.each([
  [['train', '--data', 'nowhere'], 3, /nowhere/],
  [['train', 'curation/none', '--data', 'shop'], 3, /the recipes are curation\/grocery-triplet/],
  [['train', '--data', 'shop', '--epochs', '0'], 2, /--epochs/],
  [['train', '--data', join('shop', 'p1')], 2, /no product has three pictures/],
  [['eval', '--data', 'shop'], 3, /shop: not the Grocery Store data set/],
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

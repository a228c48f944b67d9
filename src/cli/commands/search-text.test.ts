import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runVitrine } from '../../../tests/support/run-vitrine.ts'
import { shopColours, writeSmallShop } from '../../../tests/support/small-shop.ts'
import { writeTwoTowerFolder } from '../../../tests/support/two-tower-folder.ts'
import { writeUntrainedModel } from '../../../tests/support/untrained-model.ts'

let cwd: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'vitrine-words-'))
  await writeTwoTowerFolder(join(cwd, 'clip'))
  await writeUntrainedModel(join(cwd, 'plain'))
  await writeSmallShop(cwd)
  for (const model of ['clip', 'plain']) {
    const args = ['index', 'shop', '--model', model, '--index', `${model}-index`]
    expect((await runVitrine(args, { cwd })).stderr).toBe('')
  }
})
afterAll(() => rm(cwd, { recursive: true }))

const search = (...args: string[]) =>
  runVitrine(['search', '--index', 'clip-index', '--model', 'clip', ...args], { cwd })

const colours = Object.keys(shopColours).filter((colour) => colour !== 'black')
test.each(colours)('the words "%s apple" find the product of that colour', async (colour) => {
  const { stdout, stderr } = await search('--text', `${colour} apple`, '--json')
  expect(stderr).toBe('')
  const { query, text, hits } = JSON.parse(stdout)
  expect({ query, text }).toEqual({ query: {}, text: [`${colour} apple`] })
  expect(hits[0]).toMatchObject({ rank: 1, product: colour })
  expect(hits).toHaveLength(5)
})

test('words count like pictures: the score is the mean of what each gives', async () => {
  interface Hit {
    readonly product: string
    readonly picture: string
    readonly score: number
  }
  const scores = async (...args: string[]): Promise<Map<string, number>> => {
    const { stdout } = await search(...args, '--by', 'picture', '--top', '100', '--json')
    return new Map(JSON.parse(stdout).hits.map(({ picture, score }: Hit) => [picture, score]))
  }
  const words = await scores('--text', 'green apple')
  const picture = await scores('shop/red/0.png')
  const mixed = await scores('shop/red/0.png', '--text', 'green apple')
  expect(mixed.size).toBe(10)
  for (const [path, score] of mixed)
    expect(score).toBeCloseTo((words.get(path)! + picture.get(path)!) / 2, 5)
  const without = await scores('--text', 'green apple', '--not', 'shop/red/0.png')
  for (const [path, score] of without)
    expect(score).toBeCloseTo(words.get(path)! - picture.get(path)! / 2, 5)
  const both = JSON.parse((await search('--text', 'red', '--like', 'red', '--json')).stdout)
  expect(both.hits.map((hit: { product: string }) => hit.product)).not.toContain('red')
})

test('pictures are searched with the same model, and the table is the same', async () => {
  const picture = await search('shop/green/0.png', '--top', '1')
  expect(picture.stdout).toMatch(/1 {2}green +green +1\.000/)
  const words = await search('--text', 'Green', '--top', '1')
  expect(words.stdout).toMatch(/^rank +product +title +score +picture\n.*\n +1 {2}green/)
})

test.each([
  [[], 2, /--query: missing, wanted a picture, words with --text or a product/],
  [['--text', ' '], 2, /--text: got " ", wanted words/],
  [['--text', 'red', '--box', '0,0,4,4'], 2, /--box and --time are for one picture/],
  [['--text', 'red', '--sheet', 'x.html'], 2, /--sheet shows the query, so it needs a picture/],
  [
    ['--text', 'red', '--index', 'plain-index', '--model', 'plain'],
    2,
    /untrained-1: has no tower for texts/,
  ],
  [['--text', 'zebra'], 6, /clip: number 0 of the batch gives a vector of length 0/],
] as const)('%j is one clear line', async (args, code, line) => {
  const { exitCode, stdout, stderr } = await search(...args)
  expect(stderr).toMatch(line)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' })
})

import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runVitrine } from '../../../tests/support/run-vitrine.ts'
import { shopColours, writeSmallShop } from '../../../tests/support/small-shop.ts'
import { writeUntrainedModel } from '../../../tests/support/untrained-model.ts'
import { readManifest } from '../../search/index.ts'

let cwd: string
const both = ['--encoder', 'one', '--encoder', 'two', '--threads', '1']
const index = (...args: string[]) => runVitrine(['index', 'shop.csv', ...args], { cwd })
const search = (...args: string[]) => runVitrine(['search', ...both, ...args], { cwd })

beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'vitrine-ensemble-'))
  for (const [seed, name] of ['one', 'two', 'three'].entries())
    await writeUntrainedModel(join(cwd, name), { seed: seed + 1 })
  await writeSmallShop(cwd)
  const rows = Object.keys(shopColours).map(
    (colour, i) =>
      `${colour},shop/${colour}/0.png|shop/${colour}/1.png,${i % 2 === 0 ? 'bright' : 'dark'},${i + 1},${i < 4 ? 'yes' : 'no'}`,
  )
  await writeFile(join(cwd, 'shop.csv'), ['id,images,kind,price,in stock', ...rows].join('\n'))
  expect(await index(...both)).toMatchObject({ exitCode: 0, stderr: '' })
})
afterAll(() => rm(cwd, { recursive: true }))

interface Found {
  readonly product: string
  readonly score: number
  readonly picture: string
}
async function hitsOf(...args: string[]): Promise<readonly Found[]> {
  const { stdout, stderr } = await search(...args, '--json')
  expect(stderr).toBe('')
  return (JSON.parse(stdout) as { hits: Found[] }).hits
}
const products = (hits: readonly Found[]) => hits.map(({ product }) => product)

test('an index holds two encoders, and a search finds their order by itself', async () => {
  const { encoders, dimension } = await readManifest(join(cwd, '.vitrine'))
  expect(encoders.map(({ name }) => name)).toEqual(['untrained-1', 'untrained-2'])
  expect(dimension).toBe(64)
  const turned = ['--encoder', 'two', '--encoder', 'one']
  const { stdout } = await runVitrine(['search', 'shop/red/1.png', ...turned, '--json'], { cwd })
  const [first] = (JSON.parse(stdout) as { hits: Found[] }).hits
  expect(first).toMatchObject({ product: 'red', picture: join(cwd, 'shop/red/1.png') })
  expect(first!.score).toBeCloseTo(1, 5)
})

test('the score is the weighted mean of the encoders’ own', async () => {
  const scores = async (weights: string) =>
    new Map(
      (await hitsOf('shop/red/0.png', '--by', 'picture', '--weights', weights, '--top', '10')).map(
        ({ picture, score }) => [picture, score],
      ),
    )
  const [one, two, mixed] = [
    await scores('untrained-1=1'),
    await scores('untrained-2=5'),
    await scores('untrained-1=3, untrained-2=1'),
  ]
  for (const [picture, score] of mixed)
    expect(score).toBeCloseTo(0.75 * one.get(picture)! + 0.25 * two.get(picture)!, 5)
})

test('weights given to the index are those of a search without any', async () => {
  const where = ['--index', 'weighed']
  await index(...both, ...where, '--weights', 'untrained-2=1')
  const stored = await hitsOf('shop/red/0.png', ...where)
  expect(stored).toEqual(await hitsOf('shop/red/0.png', '--weights', 'untrained-2=2'))
  await index(...both, ...where, '--update', '--weights', 'untrained-1=1,untrained-2=1')
  expect(await hitsOf('shop/red/0.png', ...where)).toEqual(await hitsOf('shop/red/0.png'))
})

test('conditions choose among the products before the nearest are taken', async () => {
  const all = products(await hitsOf('shop/red/0.png'))
  const bright = ['red', 'blue', 'black']
  const kind = ['--filter', 'kind=Bright']
  expect(products(await hitsOf('shop/red/0.png', '--top', '3', ...kind))).toEqual(
    all.filter((product) => bright.includes(product)),
  )
  expect(
    products(
      await hitsOf('shop/red/0.png', ...kind, '--filter', 'price<4', '--filter', 'in stock'),
    ),
  ).toEqual(all.filter((product) => ['red', 'blue'].includes(product)))
  const { stdout } = await search('shop/red/0.png', '--filter', 'price>100')
  expect(stdout.trim()).toBe('No product meets the conditions.')
})

test('a search like a product gives others, several pictures and unwanted ones count', async () => {
  const like = products(await hitsOf('--like', 'red', '--top', '10'))
  expect(like).toHaveLength(4)
  expect(like).not.toContain('red')
  const pictures = await hitsOf('--like', 'red', '--by', 'picture', '--top', '3')
  expect(pictures).toHaveLength(3)
  expect(products(pictures)).not.toContain('red')
  const two = products(await hitsOf('shop/red/0.png', 'shop/blue/0.png', '--top', '2'))
  expect(two.sort()).toEqual(['blue', 'red'])
  const not = ['--not', 'shop/blue/0.png', '--not-weight', '5']
  expect(products(await hitsOf('shop/red/0.png', ...not)).at(-1)).toBe('blue')
})

test('with views the right product stays first, and the largest score is not below the plain one', async () => {
  const plain = await hitsOf('shop/red/0.png')
  const best = await hitsOf('shop/red/0.png', '--tta', 'max')
  const mean = await hitsOf('shop/red/0.png', '--tta', 'mean')
  expect([best[0]!.product, mean[0]!.product]).toEqual(['red', 'red'])
  for (const { product, score } of plain)
    expect(best.find((hit) => hit.product === product)!.score).toBeGreaterThan(score - 1e-5)
})

const lines: [args: string[], code: number, line: RegExp][] = [
  [['x.png', '--weights', 'untrained-3=1'], 3, /x\.png: no such picture/],
  [['shop/red/0.png', '--weights', 'untraned-1=1'], 2, /did you mean untrained-1\?/],
  [['shop/red/0.png', '--weights', 'untrained-1=-1'], 2, /has the weight -1, it must be 0 or more/],
  [['shop/red/0.png', '--weights', 'untrained-1=0'], 2, /weights: all are 0/],
  [['shop/red/0.png', '--weights', 'half'], 2, /--weights: got "half", wanted each encoder once/],
  [['shop/red/0.png', '--weights', 'a=1,a=2'], 2, /wanted each encoder once/],
  [['shop/red/0.png', '--filter', 'prize<5'], 2, /attribute "prize"; did you mean "price"\?/],
  [['shop/red/0.png', '--filter', 'price<x'], 2, /compares with "x", wanted a number/],
  [['--like', 'rad'], 3, /product "rad" is not in the index; did you mean "red"\?/],
  [['--like', 'red', '--sheet', 'x.html'], 2, /--sheet shows the query, so it needs a picture/],
  [['a.png', 'b.png', '--box', '0,0,5,5'], 2, /--box and --time are for one picture.* got 2/],
  [['shop/red/0.png', '--tta', 'most'], 2, /--tta: got "most", wanted one of none, mean, max/],
  [['shop/red/0.png', '--encoder', 'three'], 4, /made by the encoder untrained-1 .*untrained-2 /],
  [['shop/red/0.png', '--encoder', 'four'], 3, /four: there is no model here/],
]
test.each(lines)('%j is one clear line', async (args, code, line) => {
  const { exitCode, stdout, stderr } = await search(...args)
  expect(stderr).toMatch(line)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' })
})

test('weights that name no encoder are refused before anything is encoded', async () => {
  const { exitCode, stderr } = await index(...both, '--index', 'never', '--weights', 'x=1')
  expect(stderr).toMatch(/weights: there is no encoder "x" in the index; it has untrained-1, untr/)
  expect(exitCode).toBe(2)
})

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { realFile } from '../../../tests/support/real-data.ts'
import { readCatalogue } from '../catalogue-reader.ts'
import { readFashionSet } from './read-fashion.ts'
import { fashionSplitOf, fashionSplits } from './split-fashion.ts'

const header =
  'id,gender,masterCategory,subCategory,articleType,baseColour,season,year,usage,productDisplayName'
const shirt = '12,Men,Apparel,Topwear,Shirts,Purple,Fall,2011,Formal'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-fashion-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function write(lines: readonly string[], ids: readonly string[], below = '.') {
  await mkdir(join(folder, below, 'images'), { recursive: true })
  await writeFile(join(folder, below, 'styles.csv'), lines.join('\n'))
  for (const id of ids) await writeFile(join(folder, below, 'images', `${id}.jpg`), '')
  return folder
}

test.each(['.', 'fashion-dataset', 'myntradataset'])(
  'is read with its files in %s',
  async (below) => {
    const root = await write(
      [`\ufeff${header}\r`, `${shirt},"Reid & Taylor, ""Check"" Shirts"\r`, ''],
      ['12'],
      below,
    )
    expect(await readFashionSet(root)).toEqual({
      products: [
        {
          id: '12',
          title: 'Reid & Taylor, "Check" Shirts',
          attributes: {
            gender: 'Men',
            masterCategory: 'Apparel',
            subCategory: 'Topwear',
            articleType: 'Shirts',
            baseColour: 'Purple',
            season: 'Fall',
            year: '2011',
            usage: 'Formal',
          },
          path: join(folder, below, 'images/12.jpg'),
        },
      ],
      skipped: [],
    })
  },
)

test('bare commas and quotes belong to the name; broken lines and missing pictures are counted', async () => {
  const root = await write(
    [
      header,
      `${shirt},Check, blue, and 7" wide`,
      '13,Men,,Topwear,Shirts,NA,Fall,,Formal,',
      '14,Men,Apparel',
      `15${shirt.slice(2)},No picture`,
      `12${shirt.slice(2)},Twice`,
      `../x${shirt.slice(2)},Elsewhere`,
      `16${shirt.slice(2)},"never closed`,
      `17${shirt.slice(2)},After all that`,
    ],
    ['12', '13', '14', '16', '17'],
  )
  const { products, skipped } = await readFashionSet(root)
  expect(products.map(({ id, title }) => [id, title])).toEqual([
    ['12', 'Check, blue, and 7" wide'],
    ['13', '13'],
    ['17', 'After all that'],
  ])
  expect(products[1]!.attributes).toEqual({
    gender: 'Men',
    subCategory: 'Topwear',
    articleType: 'Shirts',
    season: 'Fall',
    usage: 'Formal',
  })
  const at = (line: number) => `${join(folder, 'styles.csv')} line ${line}`
  expect(skipped).toEqual([
    { place: at(4), reason: 'has 3 fields, wanted 10' },
    { place: at(5), reason: 'its picture images/15.jpg is missing' },
    { place: at(6), reason: 'has the id 12 of an earlier line' },
    { place: at(7), reason: 'has the id "../x", wanted a number' },
    { place: at(8), reason: 'its quotes do not match' },
  ])
})

test('it is a catalogue like any other', async () => {
  const root = await write([header, `${shirt},Check`, '9,only'], ['12'])
  const { name, products, skipped } = await readCatalogue(root)
  expect([name, products.length, skipped.length]).toEqual(['fashion', 1, 1])
  expect(products[0]).toMatchObject({
    id: '12',
    title: 'Check',
    attributes: { baseColour: 'Purple' },
    pictures: [{ path: join(root, 'images/12.jpg'), kind: 'catalogue' }],
  })
})

test('what is no such data set says what is wanted', async () => {
  await expect(readFashionSet(folder)).rejects.toThrow(
    /not the Fashion Product Images data set, wanted styles\.csv and images\//,
  )
  await expect(readFashionSet(await write(['id,name', '1,a'], ['1']))).rejects.toThrow(
    /styles\.csv: the first line is "id,name", wanted id,gender/,
  )
  await expect(readFashionSet(await write([header, `${shirt},Check`], []))).rejects.toThrow(
    /no product with a picture \(.*line 2 its picture images\/12\.jpg is missing\)/,
  )
})

test('law: the split follows from seed and title, and shares are near 8, 1 and 1 tenths', () => {
  fc.assert(
    fc.property(fc.string(), fc.nat(), (title, seed) => {
      expect(fashionSplitOf({ title: title.toUpperCase() }, seed)).toBe(
        fashionSplitOf({ title: title.toUpperCase().toLowerCase() }, seed),
      )
    }),
  )
  const count = 20_000
  const shares = (seed: number) => {
    const splits = Array.from({ length: count }, (_, i) =>
      fashionSplitOf({ title: `Shirt ${i}` }, seed),
    )
    return fashionSplits.map((split) => splits.filter((one) => one === split).length / count)
  }
  // Three standard deviations of a share are below 0.0086.
  for (const seed of [0, 1])
    for (const [i, share] of shares(seed).entries())
      expect(Math.abs(share - [0.8, 0.1, 0.1][i]!)).toBeLessThan(0.009)
  const moved = Array.from({ length: 1000 }, (_, i) => ({ title: `Shirt ${i}` })).filter(
    (one) => fashionSplitOf(one, 0) !== fashionSplitOf(one, 1),
  )
  expect(moved.length).toBeGreaterThan(200)
})

const real = realFile('data', 'fashion')
test.skipIf(real.missing)('the real table is read whole', async () => {
  const { products, skipped } = await readFashionSet(real.path)
  expect(products).toHaveLength(18_850)
  expect(skipped).toEqual([])
  expect(products[0]).toMatchObject({
    id: '1855',
    title: 'Inkfruit Mens Chain Reaction T-shirt',
    attributes: { articleType: 'Tshirts', baseColour: 'Grey' },
  })
})

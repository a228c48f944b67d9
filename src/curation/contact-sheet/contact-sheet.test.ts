import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { colourPicture } from '../../../tests/support/small-shop.ts'
import { decodeImage, fileThumbnails, type Picture, thumbnailOf } from '../../data/index.ts'
import { type ContactSheet, contactSheetHtml, type SheetRow } from './contact-sheet.ts'
import { sheetRow } from './row.ts'

let folder: string
let picture: Picture
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-sheet-'))
  await writeFile(join(folder, 'red.png'), await colourPicture('red'))
  picture = await decodeImage(join(folder, 'red.png'))
})
afterAll(() => rm(folder, { recursive: true }))

const hitsOf = (...products: string[]) =>
  products.map((product, i) => ({
    rank: i + 1,
    product,
    title: `Title of ${product}`,
    attributes: {},
    score: 1 - i / 10,
    picture: join(folder, product === 'gone' ? 'gone.png' : 'red.png'),
  }))

async function rowOf(products: string[], right?: string): Promise<SheetRow> {
  const truth = right === undefined ? {} : { truth: { product: right, title: `The ${right}` } }
  const search = { whole: picture, caption: 'query', hits: hitsOf(...products), ...truth }
  return sheetRow(search, { thumbnails: fileThumbnails() })
}

const sheetOf = (...rows: SheetRow[]): ContactSheet => ({
  title: 'Sheet',
  sections: [{ heading: 'Section', figures: [['P@1', '50.0 %']], rows }],
  settings: [['encoder', 'x']],
})

const marks = (html: string): string[] =>
  [...html.matchAll(/<li class="(\w*)">/g)].map(([, mark]) => mark!)

test('the right hit is marked, and a first hit that is wrong', async () => {
  const found = await rowOf(['a', 'b', 'c'], 'a')
  const later = await rowOf(['a', 'b', 'c'], 'b')
  const never = await rowOf(['a', 'b', 'c'], 'z')
  const unknown = await rowOf(['a', 'b', 'c'])
  expect(marks(contactSheetHtml(sheetOf(found)))).toEqual(['right', '', ''])
  expect(marks(contactSheetHtml(sheetOf(later)))).toEqual(['wrong', 'right', ''])
  expect(marks(contactSheetHtml(sheetOf(never)))).toEqual(['wrong', '', ''])
  expect(marks(contactSheetHtml(sheetOf(unknown)))).toEqual(['', '', ''])
  const page = contactSheetHtml(sheetOf(found, later, never, unknown))
  expect(page.match(/class="verdict [^<]*<\/span>/g)).toEqual([
    'class="verdict right">found first</span>',
    'class="verdict later">found at rank 2</span>',
    'class="verdict wrong">not among the first 3</span>',
  ])
})

test('five hits are shown, and a right one behind them still counts as found', async () => {
  const row = await rowOf(['a', 'b', 'c', 'd', 'e', 'f', 'g'], 'g')
  expect(row.hits).toHaveLength(5)
  expect(row.rightRank).toBe(7)
})

test('a hit whose picture is gone is shown as such', async () => {
  const html = contactSheetHtml(sheetOf(await rowOf(['gone', 'a'])))
  expect(html).toContain('cannot be read')
  expect(html.match(/<img /g)).toHaveLength(2)
})

test('every text is escaped and nothing is loaded from elsewhere', async () => {
  const evil = `"><script>alert('&')</script>`
  const row = await rowOf(['a'], 'a')
  const page = contactSheetHtml({
    title: evil,
    summary: evil,
    settings: [[evil, evil]],
    sections: [
      {
        heading: evil,
        note: evil,
        figures: [[evil, evil]],
        rows: [
          {
            ...row,
            rightTitle: evil,
            query: { ...row.query, caption: evil },
            hits: row.hits.map((hit) => ({ ...hit, caption: evil })),
          },
        ],
      },
    ],
  })
  expect(page).not.toContain('<script')
  expect(page.split('&quot;&gt;&lt;script&gt;alert(&#39;&amp;&#39;)&lt;/script&gt;')).toHaveLength(
    15,
  )
  for (const [, source] of page.matchAll(/src="([^"]*)"/g))
    expect(source).toMatch(/^data:image\/jpeg;base64,[A-Za-z0-9+/=]+$/)
  expect(page).not.toMatch(/url\(|@import|href=/)
})

test('a thumbnail keeps the shape of its picture and tells the box in shares', async () => {
  const wide = { width: 400, height: 100, data: new Uint8Array(400 * 100 * 3).fill(200) }
  const box = { x: 100, y: 25, width: 200, height: 50 }
  const thumbnail = await thumbnailOf(wide, { longestSide: 80, box })
  expect(thumbnail).toMatchObject({
    width: 80,
    height: 20,
    box: { x: 0.25, y: 0.25, width: 0.5, height: 0.5 },
  })
  const bytes = Buffer.from(thumbnail.source.split(',')[1]!, 'base64')
  const decoded = await decodeImage(bytes)
  expect([decoded.width, decoded.height]).toEqual([80, 20])
  expect(Math.abs(decoded.data[0]! - 200)).toBeLessThan(4)
})

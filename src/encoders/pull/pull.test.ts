import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type LocalServer, startLocalServer } from '../../../tests/support/local-server.ts'
import { type ArchiveEntry, packageArchive, sri } from '../../../tests/support/package-archive.ts'
import { writeTwoTowerFolder } from '../../../tests/support/two-tower-folder.ts'
import { writeUntrainedModel } from '../../../tests/support/untrained-model.ts'
import { type PulledSpec, parseEncoderSpec } from '../encoder-spec.ts'
import { openEncoder } from '../open-encoder.ts'
import { cacheFolder, folderOf, listPulled } from './cache.ts'
import { type PullOptions, pullAnew, pullModel } from './pull.ts'

let home: string
let server: LocalServer
let pull: PullOptions
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'vitrine-pull-'))
  server = await startLocalServer()
  pull = {
    env: {
      HOME: home,
      XDG_CACHE_HOME: join(home, 'cache'),
      npm_config_registry: `${server.origin}/`,
      HF_ENDPOINT: server.origin,
    },
    patience: { retries: 0 },
  }
})
afterEach(async () => {
  await server.close()
  await rm(home, { recursive: true })
})

const specOf = (text: string) => parseEncoderSpec(text) as PulledSpec
const shop = specOf('npm:@shop/models@1.2.3/models/shoes')
const left = () => readdir(cacheFolder(pull.env)).catch(() => [])

interface Published {
  readonly entries?: readonly ArchiveEntry[]
  readonly archive?: Uint8Array
  readonly dist?: Readonly<Record<string, string>>
}

/** Puts a package on the server. */
function publish({ entries = [], archive = packageArchive(entries), dist = {} }: Published): void {
  const tarball = `${server.origin}/@shop/models/-/models-1.2.3.tgz`
  const entry = {
    name: '@shop/models',
    version: '1.2.3',
    dist: { tarball, integrity: sri(archive), ...dist },
  }
  server.replies.set('/@shop%2fmodels/1.2.3', { body: JSON.stringify(entry) })
  server.replies.set('/@shop/models/-/models-1.2.3.tgz', { body: archive })
}

async function modelEntries(): Promise<ArchiveEntry[]> {
  const folder = join(home, 'model')
  await writeUntrainedModel(folder)
  const file = async (name: string) => ({
    path: `package/models/shoes/${name}`,
    content: await readFile(join(folder, name)),
  })
  return [
    { path: 'package/package.json', content: '{}' },
    await file('model.onnx'),
    await file('model.json'),
    { path: 'package/models/hats/model.json', content: '{}' },
  ]
}

describe('a package of the npm registry', () => {
  test('becomes an encoder, is pulled once and remembered', async () => {
    publish({ entries: await modelEntries() })
    for (let time = 0; time < 2; time++) {
      const encoder = await openEncoder(shop.text, { pull })
      expect(encoder).toMatchObject({ name: shop.text, dimension: 32 })
      await encoder.close()
    }
    expect(server.asked).toHaveLength(2)
    const [model] = await listPulled(cacheFolder(pull.env))
    expect(model?.record).toMatchObject({ spec: shop.text, entry: 'models/shoes' })
    expect(model?.record.files.map(({ path }) => path)).toEqual([
      'models/shoes/model.json',
      'models/shoes/model.onnx',
    ])
    expect(await left()).toHaveLength(1)
  })

  test('may be a plain file with its card beside it', async () => {
    const [, onnx] = await modelEntries()
    publish({
      entries: [
        { path: 'package/a.onnx', content: onnx!.content! },
        { path: 'package/a.json', content: '{"mean":0.5,"std":0.5}' },
      ],
    })
    const encoder = await openEncoder('npm:@shop/models@1.2.3/a.onnx', { pull })
    expect(encoder).toMatchObject({ dimension: 32, pictureSize: 32 })
    await encoder.close()
  })

  test('whose file in the cache was changed is refused until it is pulled again', async () => {
    publish({ entries: await modelEntries() })
    const { path } = await pullModel(shop, pull)
    await appendFile(join(path, 'model.onnx'), 'x')
    await expect(pullModel(shop, pull)).rejects.toThrow(
      /model\.onnx: was changed since it was pulled; run "vitrine models pull npm:@shop/,
    )
    await pullAnew(shop, pull)
    await pullModel(shop, pull)
  })

  const outside = 'https://registry.example.org/models.tgz'
  const faults: [what: string, published: Published, message: RegExp][] = [
    ['another checksum', { dist: { integrity: sri(Buffer.from('x')) } }, /its sha512 is .* wanted/],
    ['no checksum', { dist: { integrity: 'sha1-abc' } }, /gives no SHA-512/],
    ['an archive elsewhere', { dist: { tarball: outside } }, /outside the registry; it is not/],
    ['no archive', { archive: Buffer.from('no archive') }, /package\.tgz: is damaged/],
    ['no such path', { entries: [{ path: 'package/x.onnx' }] }, /no models\/shoes .*has x\.onnx/],
    ['a path that leads out', evil('package/../../../evil'), /leads out of the package/],
    ['an absolute path', evil('/tmp/evil'), /leads out of the package/],
    ['a path of Windows', evil('package/..\\..\\evil'), /leads out of the package/],
    ['a drive of Windows', evil('c:/evil'), /leads out of the package/],
    [
      'a link',
      {
        entries: [
          {
            path: 'package/models/shoes/model.onnx',
            type: 'SymbolicLink',
            linkpath: '/etc/passwd',
          },
        ],
      },
      /is a SymbolicLink, wanted a plain file/,
    ],
    [
      'a hard link',
      { entries: [{ path: 'package/models/shoes/a', type: 'Link', linkpath: '../../evil' }] },
      /is a Link, wanted a plain file/,
    ],
    [
      'a file twice',
      { entries: [1, 2].map(() => ({ path: 'package/models/shoes/a', content: 'a' })) },
      /holds models\/shoes\/a twice/,
    ],
    [
      'a bomb',
      { entries: [{ path: 'package/models/shoes/a', content: Buffer.alloc(1 << 22) }] },
      /unpacks to more than|is damaged/,
    ],
  ]

  /** A package with one path that must never be written, beside a good one. */
  function evil(path: string): Published {
    const good = { path: 'package/models/shoes/model.json', content: '{}' }
    return { entries: [good, { path, content: 'evil' }] }
  }

  test.each(faults)('with %s is refused, and nothing is kept', async (_, published, message) => {
    publish(published)
    await expect(pullModel(shop, { ...pull, limitBytes: 1 << 20 })).rejects.toThrow(message)
    expect(await left()).toEqual([])
    expect(await readdir(home)).toEqual(['cache'])
    expect(existsSync('/tmp/evil')).toBe(false)
  })

  test('larger than allowed is refused', async () => {
    publish({ entries: await modelEntries() })
    await expect(pullModel(shop, { ...pull, limitBytes: 1000 })).rejects.toThrow(/at most 1000/)
    expect(await left()).toEqual([])
  })

  test('that the registry redirects out of itself is refused', async () => {
    publish({})
    const redirect = { status: 302, headers: { location: outside } }
    server.replies.set('/@shop/models/-/models-1.2.3.tgz', redirect)
    await expect(pullModel(shop, pull)).rejects.toThrow(/redirects to https:\/\/registry\.example/)
    server.replies.set('/@shop%2fmodels/1.2.3', redirect)
    await expect(pullModel(shop, pull)).rejects.toThrow(/redirects to https:\/\/registry\.example/)
  })

  test('that is another one than was asked for is refused', async () => {
    const body = JSON.stringify({ name: 'other', version: '1.2.3', dist: { tarball: 'x' } })
    server.replies.set('/@shop%2fmodels/1.2.3', { body })
    await expect(pullModel(shop, pull)).rejects.toThrow(/is about other@1\.2\.3/)
    server.replies.set('/@shop%2fmodels/1.2.3', { body: '[]' })
    await expect(pullModel(shop, pull)).rejects.toThrow(/no entry of an npm registry/)
    server.replies.delete('/@shop%2fmodels/1.2.3')
    await expect(pullModel(shop, pull)).rejects.toMatchObject({ code: 'NotFound' })
  })

  test('is not pulled by two processes at once; a dead one is no hindrance', async () => {
    publish({ entries: await modelEntries() })
    await pullModel(shop, pull)
    const lock = `${folderOf(cacheFolder(pull.env), shop)}.lock`
    await writeFile(lock, String(process.ppid))
    await expect(pullAnew(shop, pull)).rejects.toMatchObject({ code: 'Conflict' })
    await writeFile(lock, '999999999')
    await pullAnew(shop, pull)
    expect(existsSync(lock)).toBe(false)
  })
})

describe('a model of a hub', () => {
  const sha = 'a'.repeat(40)
  const clip = specOf('hf:tiny/clip')
  const files = [
    'config.json',
    'preprocessor_config.json',
    'tokenizer.json',
    'tokenizer_config.json',
    'onnx/vision_model.onnx',
    'onnx/text_model.onnx',
  ]

  async function host(): Promise<string> {
    const folder = join(home, 'clip')
    await writeTwoTowerFolder(folder)
    const siblings = [...files, 'README.md', '../evil'].map((rfilename) => ({ rfilename }))
    const body = JSON.stringify({ sha, siblings })
    server.replies.set('/api/models/tiny/clip/revision/main', { body })
    for (const path of files)
      server.replies.set(`/tiny/clip/resolve/${sha}/${path}`, {
        body: await readFile(join(folder, path)),
      })
    return folder
  }

  test('comes from one commit, only what is needed, and opens with both towers', async () => {
    await host()
    const encoder = await openEncoder(clip.text, { pull })
    expect(encoder).toMatchObject({ name: 'hf:tiny/clip', dimension: 3 })
    const tower = await encoder.openTextTower!()
    expect([...(await tower.encode(['green']))].map((x) => Math.sign(x))).toEqual([-1, 1, -1])
    await tower.close()
    await encoder.close()
    expect(server.asked).toHaveLength(1 + files.length)
    const [model] = await listPulled(cacheFolder(pull.env))
    expect(model?.record).toMatchObject({ spec: 'hf:tiny/clip', exactly: sha })
  })

  test('is checked against the SHA-256 that the hub states when it redirects', async () => {
    const folder = await host()
    const graph = `/tiny/clip/resolve/${sha}/onnx/vision_model.onnx`
    const bytes = await readFile(join(folder, 'onnx/vision_model.onnx'))
    const moved = (digest: string) =>
      server.replies.set(graph, {
        status: 302,
        headers: { location: '/elsewhere', 'x-linked-etag': `"${digest}"` },
      })
    server.replies.set('/elsewhere', { body: bytes })
    moved('0'.repeat(64))
    await expect(pullModel(clip, pull)).rejects.toThrow(/its sha256 is .*, wanted 000000000000/)
    expect(await left()).toEqual([])
    moved(createHash('sha256').update(bytes).digest('hex'))
    await pullModel(clip, pull)
  })

  test('that leads out of the hub or lacks a file is refused', async () => {
    await host()
    const graph = `/tiny/clip/resolve/${sha}/config.json`
    const location = 'https://hf.co.example.org/x'
    server.replies.set(graph, { status: 302, headers: { location } })
    await expect(pullModel(clip, pull)).rejects.toThrow(/redirects to https:\/\/hf\.co\.example/)
    const siblings = [{ rfilename: 'config.json' }]
    const body = JSON.stringify({ sha, siblings })
    server.replies.set('/api/models/tiny/clip/revision/main', { body })
    await expect(pullModel(clip, pull)).rejects.toThrow(/hf:tiny\/clip: has no preprocessor_config/)
  })

  test('that broke off is taken up: what is there is not asked for again', async () => {
    await host()
    const graph = `/tiny/clip/resolve/${sha}/onnx/text_model.onnx`
    const whole = server.replies.get(graph)!
    server.replies.set(graph, { status: 503 })
    await expect(pullModel(clip, pull)).rejects.toMatchObject({ code: 'Unavailable' })
    expect(existsSync(folderOf(cacheFolder(pull.env), clip))).toBe(false)
    server.asked.length = 0
    server.replies.set(graph, whole)
    await pullModel(clip, pull)
    expect(server.asked.filter((path) => path.endsWith('vision_model.onnx'))).toEqual([])
  })

  test('that the hub’s own tools have is taken from there, without the network', async () => {
    const cache = join(home, '.cache/huggingface/hub/models--tiny--clip')
    await writeTwoTowerFolder(join(cache, 'snapshots', sha))
    await writeTwoTowerFolder(join(cache, 'refs'))
    await writeFile(join(cache, 'refs', 'main'), `${sha}\n`)
    const encoder = await openEncoder(clip.text, { pull })
    expect(encoder.name).toBe('hf:tiny/clip')
    await encoder.close()
    expect(server.asked).toEqual([])
  })
})

test('where nothing may be pulled, that is said', async () => {
  await expect(openEncoder('hf:tiny/clip')).rejects.toThrow(/may not be pulled here/)
  const env = { ...pull.env, HF_ENDPOINT: 'http://127.0.0.1:9' }
  await expect(openEncoder('hf:tiny/clip', { pull: { ...pull, env } })).rejects.toMatchObject({
    code: 'Unavailable',
    message: expect.stringMatching(/cannot be reached .*; check the network, or name a folder/),
  })
  expect(await left()).toEqual([])
})

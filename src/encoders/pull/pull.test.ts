import { existsSync } from 'node:fs'
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type ArchiveEntry, packageArchive, sri } from '../../../tests/support/package-archive.ts'
import { type PullWorld, startPullWorld } from '../../../tests/support/pull-world.ts'
import { writeUntrainedModel } from '../../../tests/support/untrained-model.ts'
import { type PulledSpec, parseEncoderSpec } from '../encoder-spec.ts'
import { openEncoder } from '../open-encoder.ts'
import { cacheFolder, folderOf, listPulled } from './cache.ts'
import { pullAnew, pullModel } from './pull.ts'

let world: PullWorld
beforeEach(async () => {
  world = await startPullWorld()
})
afterEach(() => world.close())

const specOf = (text: string) => parseEncoderSpec(text) as PulledSpec
const shop = specOf('npm:@shop/models@1.2.3/models/shoes')
const left = () => readdir(cacheFolder(world.pull.env)).catch(() => [])

interface Published {
  readonly entries?: readonly ArchiveEntry[]
  readonly archive?: Uint8Array
  readonly dist?: Readonly<Record<string, string>>
}

/** Puts a package on the world.server. */
function publish({ entries = [], archive = packageArchive(entries), dist = {} }: Published): void {
  const tarball = `${world.server.origin}/@shop/models/-/models-1.2.3.tgz`
  const entry = {
    name: '@shop/models',
    version: '1.2.3',
    dist: { tarball, integrity: sri(archive), ...dist },
  }
  world.server.replies.set('/@shop%2fmodels/1.2.3', { body: JSON.stringify(entry) })
  world.server.replies.set('/@shop/models/-/models-1.2.3.tgz', { body: archive })
}

async function modelEntries(): Promise<ArchiveEntry[]> {
  const folder = join(world.home, 'model')
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
      const encoder = await openEncoder(shop.text, { pull: world.pull })
      expect(encoder).toMatchObject({ name: shop.text, dimension: 32 })
      await encoder.close()
    }
    expect(world.server.asked).toHaveLength(2)
    const [model] = await listPulled(cacheFolder(world.pull.env))
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
    const encoder = await openEncoder('npm:@shop/models@1.2.3/a.onnx', { pull: world.pull })
    expect(encoder).toMatchObject({ dimension: 32, pictureSize: 32 })
    await encoder.close()
  })

  test('whose file in the cache was changed is refused until it is pulled again', async () => {
    publish({ entries: await modelEntries() })
    const { path } = await pullModel(shop, world.pull)
    await appendFile(join(path, 'model.onnx'), 'x')
    await expect(pullModel(shop, world.pull)).rejects.toThrow(
      /model\.onnx: was changed since it was pulled; run "vitrine models pull npm:@shop/,
    )
    await pullAnew(shop, world.pull)
    await pullModel(shop, world.pull)
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
    await expect(pullModel(shop, { ...world.pull, limitBytes: 1 << 20 })).rejects.toThrow(message)
    expect(await left()).toEqual([])
    expect(await readdir(world.home)).toEqual(['cache'])
    expect(existsSync('/tmp/evil')).toBe(false)
  })

  test('larger than allowed is refused', async () => {
    publish({ entries: await modelEntries() })
    await expect(pullModel(shop, { ...world.pull, limitBytes: 1000 })).rejects.toThrow(
      /at most 1000/,
    )
    expect(await left()).toEqual([])
  })

  test('that the registry redirects out of itself is refused', async () => {
    publish({})
    const redirect = { status: 302, headers: { location: outside } }
    world.server.replies.set('/@shop/models/-/models-1.2.3.tgz', redirect)
    await expect(pullModel(shop, world.pull)).rejects.toThrow(
      /redirects to https:\/\/registry\.example/,
    )
    world.server.replies.set('/@shop%2fmodels/1.2.3', redirect)
    await expect(pullModel(shop, world.pull)).rejects.toThrow(
      /redirects to https:\/\/registry\.example/,
    )
  })

  test('that is another one than was asked for is refused', async () => {
    const body = JSON.stringify({ name: 'other', version: '1.2.3', dist: { tarball: 'x' } })
    world.server.replies.set('/@shop%2fmodels/1.2.3', { body })
    await expect(pullModel(shop, world.pull)).rejects.toThrow(/is about other@1\.2\.3/)
    world.server.replies.set('/@shop%2fmodels/1.2.3', { body: '[]' })
    await expect(pullModel(shop, world.pull)).rejects.toThrow(/no entry of an npm registry/)
    world.server.replies.delete('/@shop%2fmodels/1.2.3')
    await expect(pullModel(shop, world.pull)).rejects.toMatchObject({ code: 'NotFound' })
  })

  test('is not pulled by two processes at once; a dead one is no hindrance', async () => {
    publish({ entries: await modelEntries() })
    await pullModel(shop, world.pull)
    const lock = `${folderOf(cacheFolder(world.pull.env), shop)}.lock`
    await writeFile(lock, String(process.ppid))
    await expect(pullAnew(shop, world.pull)).rejects.toMatchObject({ code: 'Conflict' })
    await writeFile(lock, '999999999')
    await pullAnew(shop, world.pull)
    expect(existsSync(lock)).toBe(false)
  })
})

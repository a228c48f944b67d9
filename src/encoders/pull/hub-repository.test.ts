import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { type PullWorld, startPullWorld } from '../../../tests/support/pull-world.ts'
import { writeTwoTowerFolder } from '../../../tests/support/two-tower-folder.ts'
import { type PulledSpec, parseEncoderSpec } from '../encoder-spec.ts'
import { openEncoder } from '../open-encoder.ts'
import { cacheFolder, folderOf, listPulled } from './cache.ts'
import { pullModel } from './pull.ts'

let world: PullWorld
beforeEach(async () => {
  world = await startPullWorld()
})
afterEach(() => world.close())

const specOf = (text: string) => parseEncoderSpec(text) as PulledSpec
const left = () => readdir(cacheFolder(world.pull.env)).catch(() => [])

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
    const folder = join(world.home, 'clip')
    await writeTwoTowerFolder(folder)
    const siblings = [...files, 'README.md', '../evil'].map((rfilename) => ({ rfilename }))
    const body = JSON.stringify({ sha, siblings })
    world.server.replies.set('/api/models/tiny/clip/revision/main', { body })
    for (const path of files)
      world.server.replies.set(`/tiny/clip/resolve/${sha}/${path}`, {
        body: await readFile(join(folder, path)),
      })
    return folder
  }

  test('comes from one commit, only what is needed, and opens with both towers', async () => {
    await host()
    const encoder = await openEncoder(clip.text, { pull: world.pull })
    expect(encoder).toMatchObject({ name: 'hf:tiny/clip', dimension: 3 })
    const tower = await encoder.openTextTower!()
    expect([...(await tower.encode(['green']))].map((x) => Math.sign(x))).toEqual([-1, 1, -1])
    await tower.close()
    await encoder.close()
    expect(world.server.asked).toHaveLength(1 + files.length)
    const [model] = await listPulled(cacheFolder(world.pull.env))
    expect(model?.record).toMatchObject({ spec: 'hf:tiny/clip', exactly: sha })
  })

  test('is checked against the SHA-256 that the hub states when it redirects', async () => {
    const folder = await host()
    const graph = `/tiny/clip/resolve/${sha}/onnx/vision_model.onnx`
    const bytes = await readFile(join(folder, 'onnx/vision_model.onnx'))
    const moved = (digest: string) =>
      world.server.replies.set(graph, {
        status: 302,
        headers: { location: '/elsewhere', 'x-linked-etag': `"${digest}"` },
      })
    world.server.replies.set('/elsewhere', { body: bytes })
    moved('0'.repeat(64))
    await expect(pullModel(clip, world.pull)).rejects.toThrow(
      /its sha256 is .*, wanted 000000000000/,
    )
    expect(await left()).toEqual([])
    moved(createHash('sha256').update(bytes).digest('hex'))
    await pullModel(clip, world.pull)
  })

  test('that leads out of the hub or lacks a file is refused', async () => {
    await host()
    const graph = `/tiny/clip/resolve/${sha}/config.json`
    const location = 'https://hf.co.example.org/x'
    world.server.replies.set(graph, { status: 302, headers: { location } })
    await expect(pullModel(clip, world.pull)).rejects.toThrow(
      /redirects to https:\/\/hf\.co\.example/,
    )
    const siblings = [{ rfilename: 'config.json' }]
    const body = JSON.stringify({ sha, siblings })
    world.server.replies.set('/api/models/tiny/clip/revision/main', { body })
    await expect(pullModel(clip, world.pull)).rejects.toThrow(
      /hf:tiny\/clip: has no preprocessor_config/,
    )
  })

  test('that broke off is taken up: what is there is not asked for again', async () => {
    await host()
    const graph = `/tiny/clip/resolve/${sha}/onnx/text_model.onnx`
    const whole = world.server.replies.get(graph)!
    world.server.replies.set(graph, { status: 503 })
    await expect(pullModel(clip, world.pull)).rejects.toMatchObject({ code: 'Unavailable' })
    expect(existsSync(folderOf(cacheFolder(world.pull.env), clip))).toBe(false)
    world.server.asked.length = 0
    world.server.replies.set(graph, whole)
    await pullModel(clip, world.pull)
    expect(world.server.asked.filter((path) => path.endsWith('vision_model.onnx'))).toEqual([])
  })

  test('that the hub’s own tools have is taken from there, without the network', async () => {
    const cache = join(world.home, '.cache/huggingface/hub/models--tiny--clip')
    await writeTwoTowerFolder(join(cache, 'snapshots', sha))
    await writeTwoTowerFolder(join(cache, 'refs'))
    await writeFile(join(cache, 'refs', 'main'), `${sha}\n`)
    const encoder = await openEncoder(clip.text, { pull: world.pull })
    expect(encoder.name).toBe('hf:tiny/clip')
    await encoder.close()
    expect(world.server.asked).toEqual([])
  })
})

test('where nothing may be pulled, that is said', async () => {
  await expect(openEncoder('hf:tiny/clip')).rejects.toThrow(/may not be pulled here/)
  const env = { ...world.pull.env, HF_ENDPOINT: 'http://127.0.0.1:9' }
  await expect(openEncoder('hf:tiny/clip', { pull: { ...world.pull, env } })).rejects.toMatchObject(
    {
      code: 'Unavailable',
      message: expect.stringMatching(/cannot be reached .*; check the network, or name a folder/),
    },
  )
  expect(await left()).toEqual([])
})

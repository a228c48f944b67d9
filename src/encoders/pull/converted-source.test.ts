import { appendFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { madeTar } from '../../../tests/support/archives.ts'
import { expectClose } from '../../../tests/support/expect-close.ts'
import { publish, sri } from '../../../tests/support/local-server.ts'
import { type PullWorld, startPullWorld } from '../../../tests/support/pull-world.ts'
import { fedTensor, goldenGraphs } from '../../../tests/support/tfjs-golden.ts'
import { openSession } from '../../runtime/index.ts'
import { cacheFolder, listPulled } from './cache.ts'
import type { ConvertedSource } from './converted-source.ts'
import { pullModel } from './pull.ts'

const golden = goldenGraphs().find(({ title }) => title === 'convolutions')!
golden.model.weightsManifest[0]!.paths = ['net.bin']
const archive = madeTar([
  { name: 'package/LICENSE', content: 'MIT License' },
  { name: 'package/models/net.json', content: JSON.stringify(golden.model) },
  { name: 'package/models/net.bin', content: Buffer.from(golden.weights) },
  { name: 'package/models/other.bin', content: 'not wanted' },
])
const source: ConvertedSource = {
  kind: 'converted',
  text: 'nets',
  description: 'a net',
  licence: 'MIT, see LICENSE',
  from: 'npm:nets@1.0.0/models',
  integrity: sri(archive),
  networks: [{ name: 'net', file: 'net.onnx', outputs: ['after'] }],
}

let world: PullWorld
beforeEach(async () => {
  world = await startPullWorld()
  publish(world.server, { name: 'nets', version: '1.0.0', archive })
})
afterEach(() => world.close())

const kept = () => readdir(cacheFolder(world.pull.env)).catch(() => [])

test('the networks that are wanted are pulled once, kept as ONNX with their licence, and compute the same', async () => {
  const { path, record } = await pullModel(source, world.pull)
  expect((await readdir(path)).sort()).toEqual(['LICENSE', 'net.onnx'])
  expect(record).toMatchObject({ spec: 'nets', description: 'a net', licence: 'MIT, see LICENSE' })
  const session = await openSession(join(path, 'net.onnx'))
  try {
    expect(session.outputNames).toEqual(['after'])
    const { after } = await session.run({ x: fedTensor(golden) })
    expectClose(after!, golden.outputs.after!.data, 1e-5)
  } finally {
    await session.close()
  }
  expect(await listPulled(cacheFolder(world.pull.env))).toHaveLength(1)
  world.server.asked.length = 0
  await pullModel(source, world.pull)
  expect(world.server.asked).toEqual([])
})

test('a file that was changed is refused; what another package was made of is pulled anew', async () => {
  const { path } = await pullModel(source, world.pull)
  await appendFile(join(path, 'net.onnx'), 'x')
  await expect(pullModel(source, world.pull)).rejects.toThrow(
    /net\.onnx: was changed since it was pulled; run "vitrine models pull nets" again/,
  )
  const newer = { ...source, integrity: sri(Buffer.from('another')) }
  await expect(pullModel(newer, world.pull)).rejects.toThrow(
    /the registry has another package than the one that is known/,
  )
})

test('what cannot be converted leaves nothing behind', async () => {
  const networks = [{ name: 'gone', file: 'gone.onnx' }]
  await expect(pullModel({ ...source, networks }, world.pull)).rejects.toMatchObject({
    code: 'NotFound',
  })
  expect(await kept()).toEqual([])
  const spoilt = [{ name: 'net', file: 'net.onnx', outputs: ['age'] }]
  await expect(pullModel({ ...source, networks: spoilt }, world.pull)).rejects.toThrow(
    /has no output "age"/,
  )
  expect(await kept()).toEqual([])
})

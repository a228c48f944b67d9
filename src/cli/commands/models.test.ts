import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type LocalServer, publish, startLocalServer } from '../../../tests/support/local-server.ts'
import { runVitrine } from '../../../tests/support/run-vitrine.ts'
import { writeSmallShop } from '../../../tests/support/small-shop.ts'
import { writeUntrainedModel } from '../../../tests/support/untrained-model.ts'

let cwd: string
let server: LocalServer
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'vitrine-models-'))
  server = await startLocalServer()
  await writeUntrainedModel(join(cwd, 'model'))
  const file = async (name: string) => ({
    name: `package/shoes/${name}`,
    content: await readFile(join(cwd, 'model', name)),
  })
  const entries = [await file('model.onnx'), await file('model.json')]
  publish(server, { name: 'm', version: '1.0.0', entries })
})
afterEach(async () => {
  await server.close()
  await rm(cwd, { recursive: true })
})

const vitrine = (...args: string[]) =>
  runVitrine(args, {
    cwd,
    env: { VITRINE_CACHE: join(cwd, 'cache'), npm_config_registry: server.origin },
  })
const spec = 'npm:m@1.0.0/shoes'

test('the shipped models are listed with their figures, and shown with their cards', async () => {
  const { stdout } = await vitrine('models')
  expect(stdout).toMatch(/^model +place +job +dimension +size +licence +metrics\n/)
  expect(stdout).toMatch(
    /^grocery-triplet +shipped +curation +128 +\d\.\d MB +MIT +.*testPhotosP1 0\.\d+/m,
  )
  const { models } = JSON.parse((await vitrine('models', 'list', '--json')).stdout)
  const listed = models.find(({ name }: { name: string }) => name === 'grocery-triplet')
  expect(listed).toMatchObject({ place: 'shipped', dimension: 128 })
  const page = (await vitrine('models', 'show', 'grocery-triplet')).stdout
  expect(page).toMatch(/\n {2}licence +MIT\n/)
  expect(page).toMatch(/\n {2}SHA-256 +[0-9a-f]{64}\n/)
  const shown = JSON.parse((await vitrine('models', 'show', 'grocery-triplet', '--json')).stdout)
  expect(shown).toEqual(listed)
})

test('a model that is pulled is listed, shown, and searched with by its index', async () => {
  const { stdout, stderr } = await vitrine('models', 'pull', spec, '--json')
  expect(stderr).toBe('')
  const pulled = JSON.parse(stdout)
  expect(pulled).toMatchObject({ name: spec, place: 'pulled', dimension: 32 })
  expect(pulled.files).toHaveLength(2)
  expect((await vitrine('models', 'list')).stdout).toMatch(/^npm:m@1\.0\.0\/shoes +pulled/m)
  expect((await vitrine('models', 'show', spec)).stdout).toMatch(/exactly +sha512-/)
  await writeSmallShop(cwd)
  expect((await vitrine('index', 'shop', '--model', spec)).exitCode).toBe(0)
  server.asked.length = 0
  const found = await vitrine('search', 'shop/blue/0.png', '--json')
  expect(JSON.parse(found.stdout).hits[0]).toMatchObject({ product: 'blue' })
  await vitrine('models', 'pull', spec)
  expect(server.asked).toEqual([])
  await vitrine('models', 'pull', spec, '--again')
  expect(server.asked).toHaveLength(2)
})

test.each([
  [['models', 'show'], 2, /--name: missing, wanted the model to show/],
  [['models', 'show', 'none'], 3, /none: there is no such model, there are .*grocery-triplet/],
  [['models', 'show', 'hf:a/b'], 3, /pull it with "vitrine models pull hf:a\/b"/],
  [['models', 'show', 'faces'], 3, /pull it with "vitrine models pull faces"/],
  [['models', 'pull', 'faces'], 3, /human\/3\.3\.6: is not there \(404\)/],
  [['models', 'pull', 'model'], 2, /model: is a path, which needs no pulling/],
  [['models', 'pull', 'npm:m@1.0.0/hats'], 3, /no hats in the package; it has shoes\/model\.onnx/],
  [['models', 'pull', 'npm:n@1.0.0/x'], 3, /n\/1\.0\.0: is not there \(404\)/],
  [['models', 'sell'], 2, /--action: got "sell", wanted one of list, show, pull/],
])('%j is one clear line', async (args, code, line) => {
  const { exitCode, stdout, stderr } = await vitrine(...args)
  expect(stderr).toMatch(line)
  expect({ exitCode, stdout }).toEqual({ exitCode: code, stdout: '' })
})

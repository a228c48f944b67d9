import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { type ModelCard, writeModelFolder } from '../../encoders/index.ts'
import { askProbe } from './ask-probe.ts'
import { dataCheck, folderCheck, memoryCheck, nodeCheck } from './machine-checks.ts'
import { modelChecks } from './model-checks.ts'
import { devicesOf } from './native-checks.ts'
import { probeDevice } from './probe-device.ts'
import { probePictures } from './probe-pictures.ts'
import { probeVideos } from './probe-videos.ts'

const signal = new AbortController().signal
let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-doctor-'))
})
afterAll(() => rm(folder, { recursive: true }))

test.each([
  ['v20.18.3', 'broken'],
  ['v20.19.0', 'ok'],
  ['v24.1.0', 'ok'],
  ['v18.20.0', 'broken'],
])('Node %s is %s for >=20.19', (version, status) => {
  expect(nodeCheck(version, '>=20.19').status).toBe(status)
})

test('onnxruntime, sharp and the video decoder work here', async () => {
  expect(await probeDevice('cpu')).toBe('multiplies matrices correctly')
  expect(await probePictures()).toContain('jpeg, png, webp')
  expect(await probeVideos()).toContain('H.264')
})

test('a probe in its own process answers, also when its device is absent', async () => {
  expect(await askProbe('device:cpu', { signal })).toMatchObject({ works: true })
  const wrong = await askProbe('device:abacus' as 'device:cpu', { signal })
  expect(wrong.works).toBe(false)
  expect(wrong.detail).toContain('abacus')
})

test('a probe that hangs or is stopped does not hang the doctor', async () => {
  const late = await askProbe('videos', { signal, timeoutMs: 1 })
  expect(late).toEqual({ works: false, detail: 'its process ended: no answer in 1 ms' })
  await expect(askProbe('videos', { signal: AbortSignal.abort() })).rejects.toThrow(/abort/i)
})

test('a model whose bytes are not those of its card is broken', async () => {
  const models = join(folder, 'models')
  const card: Omit<ModelCard, 'sha256'> = {
    name: 'shelf',
    version: '1.0.0',
    job: 'curation',
    modality: 'picture',
    description: 'Made for a test.',
    dimension: 8,
    preprocessing: { size: 8, fit: 'stretch', mean: [0, 0, 0], std: [1, 1, 1] },
    recipe: {},
    seed: 1,
    data: { description: 'none', pictures: 0, sha256: '' },
    metrics: {},
    licence: 'MIT',
  }
  for (const name of ['good', 'changed', 'lost', 'torn'])
    await writeModelFolder(join(models, name), { card, model: Buffer.from('weights') })
  await writeFile(join(models, 'changed', 'model.onnx'), 'weighty')
  await rm(join(models, 'lost', 'model.onnx'))
  await writeFile(join(models, 'torn', 'model.json'), '{"sha256":')
  const checks = await modelChecks(models)
  expect(Object.fromEntries(checks.map(({ name, status }) => [name, status]))).toEqual({
    'Model changed': 'broken',
    'Model good': 'ok',
    'Model lost': 'broken',
    'Model torn': 'broken',
  })
  for (const { status, remedy } of checks) expect(remedy !== undefined).toBe(status !== 'ok')
})

test('no models, no data and little memory are no defect', async () => {
  const none = join(folder, 'nowhere')
  expect(await modelChecks(none)).toMatchObject([{ status: 'absent' }])
  expect(await dataCheck({ env: {}, cwd: folder })).toMatchObject({ status: 'absent' })
  const env = { VITRINE_DATA: 'nowhere' }
  expect(await dataCheck({ env, cwd: folder })).toMatchObject({ detail: 'nowhere cannot be read' })
  expect(await folderCheck(none)).toMatchObject({ status: 'absent' })
  expect(await folderCheck(folder)).toMatchObject({ status: 'ok' })
  expect(memoryCheck(2 ** 30, 2 ** 29)).toMatchObject({ status: 'absent' })
})

test('data sets are named', async () => {
  await mkdir(join(folder, 'data', 'grocery'), { recursive: true })
  const check = await dataCheck({ env: { VITRINE_DATA: 'data' }, cwd: folder })
  expect(check).toEqual({ name: 'Data sets', status: 'ok', detail: 'data: grocery' })
  const home = join(folder, '.vitrine', 'data')
  for (const name of ['.downloads', 'lfw']) await mkdir(join(home, name), { recursive: true })
  const own = await dataCheck({ env: {}, cwd: folder })
  expect(own).toMatchObject({ status: 'ok', detail: join('.vitrine', 'data: lfw') })
})

test('only devices that an operating system can have are tried', () => {
  expect(devicesOf('linux')).toEqual(['cpu', 'webgpu', 'cuda'])
  expect(devicesOf('darwin')).toContain('coreml')
  expect(devicesOf('win32')).toContain('dml')
})

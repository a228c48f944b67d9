import { cp, mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { createIndex } from '../search/index.ts'
import { findPackageRoot } from './package-root.ts'
import { findModel, openChosenEncoder, openEncoderOfIndex } from './shipped-encoder.ts'

let cwd: string
beforeEach(async () => {
  cwd = await mkdtemp(join(tmpdir(), 'vitrine-shipped-'))
})
afterEach(() => rm(cwd, { recursive: true, force: true }))

const models = join(findPackageRoot(import.meta.url).path, 'models')

async function nameOf(opening: ReturnType<typeof openChosenEncoder>): Promise<string> {
  const encoder = await opening
  await encoder.close()
  return encoder.name
}

test('an encoder is the default, a shipped one by name, or a folder', async () => {
  expect(await nameOf(openChosenEncoder({ cwd }))).toBe('grocery-triplet')
  const model = 'sample-shop-triplet'
  expect(await nameOf(openChosenEncoder({ cwd, model }))).toBe(model)
  await cp(join(models, 'grocery-triplet'), join(cwd, model), { recursive: true })
  expect(await nameOf(openChosenEncoder({ cwd, model }))).toBe('grocery-triplet')
  await expect(openChosenEncoder({ cwd, model: '../sample-shop-triplet' })).rejects.toMatchObject({
    code: 'NotFound',
  })
  await expect(openChosenEncoder({ cwd, model: 'nosuch' })).rejects.toThrow(
    /nosuch: there is no model/,
  )
  await expect(openChosenEncoder({ cwd, model: 'grocery-tripel' })).rejects.toThrow(
    /grocery-tripel: there is no model here .*; did you mean grocery-triplet\?/,
  )
})

test('what a user calls a model is a path, or the spec of one that is pulled', () => {
  const shipped = join(models, 'grocery-triplet')
  expect(findModel('grocery-triplet', cwd)).toEqual({ place: shipped, isThere: true })
  expect(findModel(`file:${shipped}/model.onnx`, cwd)).toEqual({
    place: join(shipped, 'model.onnx'),
    isThere: true,
  })
  expect(findModel('file:gone.onnx', cwd)).toEqual({
    place: join(cwd, 'gone.onnx'),
    isThere: false,
  })
  expect(findModel('hf:a/b@main', cwd)).toEqual({ place: 'hf:a/b', isThere: true })
})

test('an index says which shipped encoder it needs; without one it is the default', async () => {
  const encoder = await openChosenEncoder({ cwd, model: 'sample-shop-triplet' })
  const { name, dimension, hash } = encoder
  await encoder.close()
  const folder = join(cwd, 'index')
  expect(await nameOf(openEncoderOfIndex(folder, { cwd }))).toBe('grocery-triplet')
  await createIndex(folder, { encoders: [{ name, dimension, hash }] })
  expect(await nameOf(openEncoderOfIndex(folder, { cwd }))).toBe('sample-shop-triplet')
  expect(await nameOf(openEncoderOfIndex(folder, { cwd, model: 'grocery-triplet' }))).toBe(
    'grocery-triplet',
  )
})

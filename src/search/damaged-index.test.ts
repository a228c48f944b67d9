import { mkdtemp, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { flipByte } from '../../tests/support/flip-byte.ts'
import { buildIndex, openIndex, updateIndex, verifyIndex } from './index.ts'

const encoders = [{ name: 'tiny', dimension: 3, hash: 'abc' }]
const pictures = ['a', 'b'].map((product, i) => ({
  product,
  picture: '1',
  vector: Float32Array.of(1, i, 0),
}))

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-damaged-'))
  await buildIndex(folder, { encoders, pictures })
})
afterEach(async () => {
  await rm(folder, { recursive: true })
})

async function editManifest(change: Record<string, unknown>): Promise<void> {
  const path = join(folder, 'index.json')
  const manifest = JSON.parse(await readFile(path, 'utf8')) as object
  await writeFile(path, JSON.stringify({ ...manifest, ...change }))
}

const remedy = /build the index again with "vitrine index"/
const file = (name: string) => join(folder, name)

test.each([
  ['truncated rows', () => truncate(file('rows-1.f32'), 20), /rows-1.f32: has 20 bytes, .* 24/],
  ['no rows', () => rm(file('rows-1.f32')), /rows-1.f32: is missing/],
  ['no entries', () => rm(file('entries-1.jsonl')), /entries-1.jsonl: is missing/],
  ['truncated entries', () => truncate(file('entries-1.jsonl'), 9), /entries-1.jsonl/],
  ['changed entries', () => flipByte(file('entries-1.jsonl')), /entries-1.jsonl/],
  [
    'endless entries line',
    () => writeFile(file('entries-1.jsonl'), 'x'.repeat(1 << 20)),
    /entries/,
  ],
  ['no graph', () => rm(file('scan-1.onnx')), /scan-1.onnx: cannot be read/],
  ['a foreign graph', () => flipByte(file('scan-1.onnx')), /scan-1.onnx: does not fit/],
  ['torn manifest', () => truncate(file('index.json'), 50), /index.json: is not JSON/],
  [
    'huge manifest',
    () => writeFile(file('index.json'), ' '.repeat(2 << 20)),
    /index.json: is 2097152 bytes/,
  ],
  ['another format', () => editManifest({ format: 7 }), /has format 7, .* reads format 1/],
  ['a manifest that is a list', () => writeFile(file('index.json'), '[]'), /index.json/],
  ['a wrong count', () => editManifest({ count: 3 }), /rows.bytes is not count x dimension/],
  ['a wrong dimension', () => editManifest({ dimension: 4 }), /dimension/],
  ['a count beyond reason', () => editManifest({ count: 1e300 }), /count/],
  ['an unknown field', () => editManifest({ rowsPath: '/etc/passwd' }), /rowsPath/],
])('%s: opening and changing say so, building again heals it', async (_, damage, message) => {
  await damage()
  const refusal = { code: 'InvalidInput', message: expect.stringMatching(message) }
  await expect(openIndex(folder)).rejects.toMatchObject(refusal)
  await expect(openIndex(folder)).rejects.toThrow(remedy)
  const manifest = await buildIndex(folder, { encoders, pictures })
  expect(manifest.generation).toBe(2)
  expect(await verifyIndex(folder)).toEqual(manifest)
})

test('a changed row is found by verification and not carried into the next generation', async () => {
  await flipByte(file('rows-1.f32'))
  const index = await openIndex(folder) // does not read the rows
  await index.close()
  const refusal = {
    code: 'InvalidInput',
    message: expect.stringMatching(/rows-1.f32: .* checksum/),
  }
  await expect(verifyIndex(folder)).rejects.toMatchObject(refusal)
  await expect(updateIndex(folder, { remove: ['a'] })).rejects.toMatchObject(refusal)
  expect((await stat(file('rows-1.f32'))).size).toBe(24)
})

test('where there is no index, the remedy is to make one', async () => {
  for (const attempt of [
    openIndex(join(folder, 'nowhere')),
    updateIndex(join(folder, 'nowhere'), { remove: ['a'] }),
  ])
    await expect(attempt).rejects.toMatchObject({
      code: 'NotFound',
      message: expect.stringMatching(/no index here; make one with "vitrine index"/),
    })
})

import { execFileSync } from 'node:child_process'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { readWholeFile } from './open-file.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-open-'))
})
afterAll(() => rm(folder, { recursive: true }))

const limits = { what: 'picture', limitBytes: 100 }

test('a file is read whole', async () => {
  const path = join(folder, 'a')
  await writeFile(path, 'x'.repeat(100))
  expect((await readWholeFile(path, limits)).toString()).toBe('x'.repeat(100))
})

test('what is no readable file is refused with the path and the reason', async () => {
  const missing = join(folder, 'none')
  await expect(readWholeFile(missing, limits)).rejects.toMatchObject({
    code: 'NotFound',
    message: `${missing}: no such picture file; check the path`,
  })
  await expect(readWholeFile(folder, limits)).rejects.toMatchObject({
    code: 'InvalidInput',
    message: `${folder}: is a folder, wanted a picture file`,
  })
  const empty = join(folder, 'empty')
  await writeFile(empty, '')
  await expect(readWholeFile(empty, limits)).rejects.toThrow('the file is empty')
  const large = join(folder, 'large')
  await writeFile(large, 'x'.repeat(101))
  await expect(readWholeFile(large, limits)).rejects.toThrow('a picture may have')
  await expect(readWholeFile('a\0b', limits)).rejects.toThrow('NUL')
})

test.skipIf(process.platform === 'win32')('pipes and devices do not hang the reader', async () => {
  const pipe = join(folder, 'pipe')
  execFileSync('sh', ['-c', 'mkfifo "$0"', pipe])
  await expect(readWholeFile(pipe, limits)).rejects.toThrow('is a pipe or device')
  await expect(readWholeFile('/dev/zero', limits)).rejects.toThrow('is a pipe or device')
})

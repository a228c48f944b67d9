import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { listPictures } from './list-pictures.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-list-'))
  await mkdir(join(folder, 'b', 'c'), { recursive: true })
  for (const name of ['z.jpg', 'B.png', 'b/c/1.gif', 'b/note.txt', '.x.jpg'])
    await writeFile(join(folder, name), '')
})
afterAll(() => rm(folder, { recursive: true }))

test('pictures of all depths, sorted, the rest named', async () => {
  const { pictures, skipped } = await listPictures(folder)
  expect(pictures).toEqual(['B.png', 'b/c/1.gif', 'z.jpg'].map((name) => join(folder, name)))
  expect(skipped).toEqual([
    { place: join(folder, 'b/note.txt'), reason: 'is no picture by its name' },
  ])
})

test('the number of files is bounded', async () => {
  await expect(listPictures(folder, { limit: 4 })).rejects.toThrow('more than 4 files')
  await expect(listPictures(folder, { limit: 7 })).resolves.toBeDefined()
})

test('what is no folder is refused', async () => {
  await expect(listPictures(join(folder, 'none'))).rejects.toMatchObject({ code: 'NotFound' })
  await expect(listPictures(join(folder, 'z.jpg'))).rejects.toThrow('is a file, wanted a folder')
})

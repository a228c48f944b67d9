import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { removeRemains } from './remove-remains.ts'

test('old remains go, with all that is in them; young ones and everything else stay', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-remains-'))
  try {
    const twoDaysAgo = new Date(Date.now() - 2 * 24 * 3600 * 1000)
    for (const name of ['.unpacking-old', '.unpacking-young', 'mine']) {
      await mkdir(join(folder, name))
      await writeFile(join(folder, name, 'part'), 'x')
      if (name !== '.unpacking-young') await utimes(join(folder, name), twoDaysAgo, twoDaysAgo)
    }
    await removeRemains(folder, (name) => name.startsWith('.unpacking-'))
    expect((await readdir(folder)).sort()).toEqual(['.unpacking-young', 'mine'])
  } finally {
    await rm(folder, { recursive: true })
  }
})

import { mkdtemp, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { rememberOfFiles } from '../../tools/results/file-memory.ts'

test('what is computed of files is computed again only when one of them changes', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'vitrine-memory-'))
  try {
    const path = join(folder, 'a')
    await writeFile(path, 'one')
    let computed = 0
    const ask = (what: string, product = 'p') =>
      rememberOfFiles({ folder: join(folder, 'kept'), files: [{ path, product }], what }, () =>
        Promise.resolve(String(++computed)),
      )
    expect(await ask('x')).toBe('1')
    expect(await ask('x')).toBe('1')
    expect(await ask('y')).toBe('2')
    expect(await ask('x', 'q')).toBe('3')
    await writeFile(path, 'three')
    expect(await ask('x')).toBe('4')
    await utimes(path, 1, 1)
    expect(await ask('x')).toBe('5')
    expect(await ask('x')).toBe('5')
  } finally {
    await rm(folder, { recursive: true })
  }
})

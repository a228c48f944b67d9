import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describePulled } from './known-models.ts'

test('the dimension of a hub’s model comes from its configuration, a torn one says nothing', async () => {
  const path = await mkdtemp(join(tmpdir(), 'vitrine-known-'))
  try {
    const files = [{ path: 'config.json', bytes: 30, sha256: '0'.repeat(64) }]
    const pulledAt = '2026-01-01T00:00:00.000Z'
    const record = { spec: 'hf:a/b', exactly: 'c', pulledAt, entry: '', files }
    const described = { name: 'hf:a/b', place: 'pulled', path, bytes: 30, exactly: 'c', pulledAt }
    await writeFile(join(path, 'config.json'), '{ "projection_dim": 512, "hidden_size": 768 }')
    expect(await describePulled({ path, record })).toEqual({ ...described, dimension: 512 })
    await writeFile(join(path, 'config.json'), '{ "projection_dim": 512,')
    expect(await describePulled({ path, record })).toEqual(described)
  } finally {
    await rm(path, { recursive: true })
  }
})

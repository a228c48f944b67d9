import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { type MadeEntry, madeTar, madeZip } from '../../../tests/support/archives.ts'
import type { UnpackOptions } from './unpack-limits.ts'
import { unpackTar } from './unpack-tar.ts'
import { unpackZip } from './unpack-zip.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-unpack-'))
})
afterEach(() => rm(folder, { recursive: true }))

const formats = {
  tar: { make: madeTar, unpack: unpackTar },
  zip: { make: madeZip, unpack: unpackZip },
}

async function unpacked(
  format: keyof typeof formats,
  entries: readonly MadeEntry[] | Buffer,
  options: Partial<UnpackOptions> = {},
): Promise<string[]> {
  const { make, unpack } = formats[format]
  const archive = join(folder, `archive.${format}`)
  await writeFile(archive, Buffer.isBuffer(entries) ? entries : make(entries))
  const into = join(folder, 'inside', 'into')
  await mkdir(into, { recursive: true })
  await unpack({ archive, folder: into, limitBytes: 1e6, ...options })
  const names = await readdir(into, { recursive: true, withFileTypes: true })
  return names
    .filter((one) => one.isFile())
    .map((one) => join(one.parentPath, one.name).slice(into.length + 1))
    .sort()
}

const set: readonly MadeEntry[] = [
  { name: 'set-main/', type: 'Directory' },
  { name: 'set-main/images/1.jpg', content: 'one' },
  { name: 'set-main/images/ä 2.jpg', content: 'two' },
  { name: 'set-main/twice/images/1.jpg', content: 'one' },
]

test.each(['tar', 'zip'] as const)(
  '%s: what is wanted is unpacked, leading folders dropped',
  async (format) => {
    const wants = (name: string) => !name.includes('/twice/')
    expect(await unpacked(format, set, { strip: 1, wants })).toEqual([
      'images/1.jpg',
      'images/ä 2.jpg',
    ])
    expect(await readFile(join(folder, 'inside/into/images/1.jpg'), 'utf8')).toBe('one')
  },
)

const traps: [name: string, entries: MadeEntry[], message: RegExp][] = [
  [
    'a name that climbs',
    [{ name: '../out.txt', content: 'x' }],
    /"\.\.\/out\.txt" leaves|invalid relative path/,
  ],
  [
    'a name that climbs inside',
    [{ name: 'a/../../out.txt', content: 'x' }],
    /leaves|invalid relative path/,
  ],
  ['a name with backslashes', [{ name: '..\\out.txt', content: 'x' }], /leaves|invalid/],
  ['an absolute name', [{ name: '/tmp/out.txt', content: 'x' }], /leaves|absolute path/],
  ['a drive', [{ name: 'C:/out.txt', content: 'x' }], /leaves|absolute path/],
  [
    'a link out, and a file through it',
    [
      { name: 'link', type: 'SymbolicLink', target: '..' },
      { name: 'link/out.txt', content: 'x' },
    ],
    /"link" is a link or device/,
  ],
  ['a device', [{ name: 'null', type: 'CharacterDevice' }], /is a link or device/],
  [
    'more than it may unpack to',
    Array.from({ length: 20 }, (_, i) => ({ name: `${i}`, content: Buffer.alloc(100_000) })),
    /unpacks to more than 1 MB/,
  ],
]

test.each(
  traps.flatMap(([name, entries, message]) =>
    (['tar', 'zip'] as const).map((format) => ({ name, entries, message, format })),
  ),
)(
  '$format: $name is refused, and nothing is written elsewhere',
  async ({ format, entries, message }) => {
    await expect(unpacked(format, entries)).rejects.toMatchObject({
      code: 'InvalidInput',
      message: expect.stringMatching(message),
    })
    expect((await readdir(folder)).sort()).toEqual([`archive.${format}`, 'inside'])
    expect(await readdir(join(folder, 'inside'))).toEqual(['into'])
  },
)

test('tar: a hard link is refused', async () => {
  const entries: MadeEntry[] = [{ name: 'a', type: 'Link', target: '/etc/passwd' }]
  await expect(unpacked('tar', entries)).rejects.toThrow(/"a" is a link or device/)
})

test('zip: an entry longer than it claims is refused', async () => {
  const lie: MadeEntry[] = [{ name: 'bomb', content: Buffer.alloc(2e6), claimedBytes: 10 }]
  await expect(unpacked('zip', lie)).rejects.toThrow(/is damaged \(too many bytes/)
})

test.each(['tar', 'zip'] as const)('%s: one path twice is refused', async (format) => {
  const twice: MadeEntry[] = [
    { name: 'a/x', content: '1' },
    { name: 'b/x', content: '2' },
  ]
  await expect(unpacked(format, twice, { strip: 1 })).rejects.toThrow(/holds x twice/)
})

test('tar: rights are ours, whatever the archive says', async () => {
  await unpacked('tar', [{ name: 'a', content: 'x', mode: 0o4777 }])
  const { mode } = await stat(join(folder, 'inside/into/a'))
  expect(mode & 0o7133).toBe(0)
})

test.each(['tar', 'zip'] as const)(
  '%s: too many entries, garbage, a cut file and Ctrl-C',
  async (format) => {
    await expect(unpacked(format, set, { limitEntries: 3 })).rejects.toThrow(/more than 3 entries/)
    await expect(unpacked(format, Buffer.from('no archive at all'.repeat(100)))).rejects.toThrow(
      /is damaged/,
    )
    const noise = Buffer.from(
      Array.from({ length: 50_000 }, (_, i) => (i * i * 31 + (i >> 3)) & 255),
    )
    const whole = formats[format].make([{ name: 'noise', content: noise }])
    await expect(unpacked(format, whole.subarray(0, whole.length / 2))).rejects.toThrow(
      /is damaged/,
    )
    const signal = AbortSignal.abort()
    await expect(unpacked(format, set, { signal })).rejects.toMatchObject({ code: 'Cancelled' })
  },
)

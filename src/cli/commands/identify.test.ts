import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { runVitrine } from '../../../tests/support/run-vitrine.ts'
import { colourPicture } from '../../../tests/support/small-shop.ts'
import { tinyFace, tinyVerifier, writeTinyFaces } from '../../../tests/support/tiny-faces.ts'

let folder: string
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-identify-'))
  for (const colour of ['red', 'green', 'blue'] as const)
    await writeFile(join(folder, `${colour}.png`), await colourPicture(colour))
  // the same photos again, smaller and as JPEG
  for (const colour of ['red', 'green', 'blue'])
    await sharp(join(folder, `${colour}.png`))
      .resize(40)
      .jpeg()
      .toFile(join(folder, `${colour}.jpg`))
})
afterAll(() => rm(folder, { recursive: true, force: true }))

const vitrine = (...args: string[]) => runVitrine(args, { cwd: folder })
const identify = (...args: string[]) => vitrine('identify', ...args)

async function bytesOf(gallery: string): Promise<Buffer> {
  const names = await readdir(gallery)
  return Buffer.concat(await Promise.all(names.map((name) => readFile(join(gallery, name)))))
}

test('one picture each is enough to be named; a stranger is none of them', async () => {
  expect((await identify('list')).stdout).toBe('Nobody is enrolled.\n')
  expect(await identify('enrol', 'Red one', 'red.png')).toMatchObject({ exitCode: 0 })
  await identify('enrol', 'Green one', 'green.png')
  const found = JSON.parse(
    (await identify('who', 'red.jpg', '--threshold', '0.9', '--json')).stdout,
  )
  expect(found).toMatchObject({ name: 'Red one', enrolled: 2, threshold: 0.9 })
  expect(found.candidates.map((c: { name: string }) => c.name)).toEqual(['Red one', 'Green one'])
  const stranger = await identify('who', 'blue.jpg', '--threshold', '0.9999')
  expect(stranger.stdout).toMatch(/^none of the 2 enrolled\n/)
  await identify('enrol', 'Red one', 'red.jpg')
  expect(JSON.parse((await identify('list', '--json')).stdout).enrolled).toEqual([
    { name: 'Red one', pictures: 2 },
    { name: 'Green one', pictures: 1 },
  ])
})

test('nothing is kept of one that is deleted, in no file of the gallery', async () => {
  const place = ['--gallery', 'traces']
  await identify('enrol', 'Keep Me', 'green.png', ...place)
  const without = await bytesOf(join(folder, 'traces'))
  await identify('enrol', 'Forget Me', 'red.png', 'blue.png', ...place)
  const before = await bytesOf(join(folder, 'traces'))
  const rows = (await readdir(join(folder, 'traces'))).find((name) => name.startsWith('rows'))!
  // the descriptions of the two pictures, as they lie in the file
  const all = await readFile(join(folder, 'traces', rows))
  const third = all.length / 3
  const own = [all.subarray(third, 2 * third), all.subarray(2 * third)]
  expect(before.includes('Forget Me')).toBe(true)

  const outcome = await identify('delete', 'Forget Me', ...place)
  expect(outcome.stdout).toBe('Deleted Forget Me; nothing is kept of it.\n')
  const after = await bytesOf(join(folder, 'traces'))
  expect(after.includes('Forget')).toBe(false)
  // nor any stretch of 16 bytes of what described it
  for (const row of own)
    for (let i = 0; i + 16 <= row.length; i += 16)
      expect(after.includes(row.subarray(i, i + 16))).toBe(false)
  expect(after.includes('Keep Me')).toBe(true)
  // what is left is as long as what was there before it came, but for the number of the generation
  expect(Math.abs(after.length - without.length)).toBeLessThan(16)
})

test.each([
  [['delete', 'Nobody', '--gallery', 'void'], 3, /"Nobody" is not enrolled; nobody is/],
  [['who', 'red.png', '--gallery', 'void', '--threshold', '0.5'], 3, /nobody is enrolled here/],
  [['enrol', 'Alone'], 2, /wanted identify enrol NAME PICTURE/],
  [['enrol', ' ', 'red.png'], 2, /the name has 1 characters, wanted 1 to 200/],
  [['enrol', 'Ghost', 'gone.png'], 3, /gone\.png/],
])('%j ends in one line', async (args, exitCode, line) => {
  const outcome = await identify(...args)
  expect(outcome).toMatchObject({ exitCode, stdout: '' })
  expect(outcome.stderr.trim()).toMatch(line)
  expect(outcome.stderr.trim().split('\n')).toHaveLength(1)
})

test('a gallery is not mixed with another model, nor made with one that has no cosine', async () => {
  await identify('enrol', 'One', 'red.png', '--gallery', 'mixed')
  const other = await identify(
    'enrol',
    'Two',
    'blue.png',
    '--gallery',
    'mixed',
    '--model',
    'sample-shop-triplet',
  )
  expect(other).toMatchObject({ exitCode: 4 })
  expect(other.stderr).toMatch(/was made with grocery-triplet, not with sample-shop-triplet/)
  await writeTinyFaces(join(folder, 'lfw'))
  const model = await tinyVerifier(join(folder, 'run'))
  const face = tinyFace(join(folder, 'lfw'), 0, 1)
  const siamese = await identify('enrol', 'A', face, '--gallery', 'new', '--model', model)
  expect(siamese.stderr).toMatch(/compares by a weighted difference, which no index can search by/)
}, 120_000)

test('near-duplicates of a catalogue are found, and shown on a page', async () => {
  const shop = join(folder, 'shop')
  for (const [product, file] of [
    ['apple', 'red.png'],
    ['red-apple', 'red.jpg'],
    ['pear', 'green.png'],
  ] as const) {
    await mkdir(join(shop, product), { recursive: true })
    await writeFile(join(shop, product, file), await readFile(join(folder, file)))
  }
  await vitrine('index', 'shop', '--index', 'catalogue')
  const args = ['duplicates', 'catalogue', '--threshold', '0.99']
  const outcome = await vitrine(...args, '--sheet', 'same.html', '--json')
  expect(outcome).toMatchObject({ exitCode: 0, stderr: '' })
  const { groups } = JSON.parse(outcome.stdout)
  expect(groups).toHaveLength(1)
  expect(groups[0].members.map((m: { product: string }) => m.product).sort()).toEqual([
    'apple',
    'red-apple',
  ])
  expect(groups[0].best).toBeGreaterThan(0.99)
  const html = await readFile(join(folder, 'same.html'), 'utf8')
  expect(html).toContain('1 of 1 groups')
  expect(html.match(/<img /g)).toHaveLength(2)
  const none = await vitrine('duplicates', 'catalogue', '--threshold', '1')
  expect(none.stdout).toMatch(/^(No pictures are that much alike|group)/)
  const nowhere = await vitrine('duplicates', 'nowhere')
  expect(nowhere).toMatchObject({ exitCode: 3 })
}, 120_000)

import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import sharp from 'sharp'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { realFile } from '../../../tests/support/real-data.ts'
import { numericError } from '../../core/index.ts'
import { decodeImage } from '../decode-image.ts'
import { loadPairs } from './load-pairs.ts'
import { type FacePair, parsePairs } from './parse-pairs.ts'
import { readLfw } from './read-lfw.ts'
import { splitPairs } from './split-pairs.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-lfw-'))
})
afterEach(() => rm(folder, { recursive: true }))

const list = '1\r\nAda_Lovelace\t1\t12\r\nAda_Lovelace\t1\tAlan_Turing\t3\r\n'

async function writeSet(images: string, lists: readonly [string, string] = [list, list]) {
  await mkdir(join(folder, images))
  await writeFile(join(folder, 'pairsDevTrain.txt'), lists[0])
  await writeFile(join(folder, 'pairsDevTest.txt'), lists[1])
}

test.each(['images', 'lfw'])('three fields are one person, four are two (%s)', async (images) => {
  await writeSet(images)
  const { train, test } = await readLfw(folder)
  expect(test).toEqual(train)
  const photo = (person: string, name: string) => join(folder, images, person, name)
  const ada = photo('Ada_Lovelace', 'Ada_Lovelace_0001.jpg')
  expect(train).toEqual([
    {
      same: true,
      people: ['Ada_Lovelace', 'Ada_Lovelace'],
      paths: [ada, photo('Ada_Lovelace', 'Ada_Lovelace_0012.jpg')],
    },
    {
      same: false,
      people: ['Ada_Lovelace', 'Alan_Turing'],
      paths: [ada, photo('Alan_Turing', 'Alan_Turing_0003.jpg')],
    },
  ])
})

test.each([
  ['ten\nA\t1\t2', /list line 1: "ten", wanted the number of pairs/],
  ['1\nA\t1\nB\t1\tC\t1', /list line 2: "A\\t1", wanted "name, number, number" or/],
  ['1\nA\t1\t2\nB\t1\tC\t1\t5', /list line 3: /],
  ['1\n../A\t1\t2\nB\t1\tC\t1', /list line 2: "\.\.\/A/],
  ['1\nA\t1\t2\n..\t1\tC\t1', /list line 3: /],
  ['1\nA\t0\t2\nB\t1\tC\t1', /list line 2: /],
  ['1\nA\t1\t-2\nB\t1\tC\t1', /list line 2: /],
  ['2\nA\t1\t2\nB\t1\tC\t1', /has 1 pairs of one person and 1 of two, its first line says 2/],
  ['1\nA\t1\t2\nB\t1\tB\t2', /has 2 pairs of one person and 0 of two/],
])('%j is refused', (text, message) => {
  expect(() => parsePairs(text, { place: 'list', images: 'images' })).toThrow(message)
})

test('a folder without the lists says what is wanted', async () => {
  await expect(readLfw(folder)).rejects.toThrow(/wanted pairsDevTrain.txt, pairsDevTest.txt/)
})

const numbered = (n: number): FacePair[] =>
  Array.from({ length: n }, (_, i) => ({
    same: i % 2 === 0,
    people: ['a', 'b'],
    paths: [`${i}`, `${i}b`],
  }))

test('law: a split keeps every pair once, both kinds in their share, and follows from its seed', () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 1, max: 60 }), (seed, tens) => {
      const pairs = numbered(10 * tens)
      const { train, validation } = splitPairs(pairs, { seed })
      expect(new Set([...train, ...validation])).toEqual(new Set(pairs))
      expect([train.length, validation.length]).toEqual([8 * tens, 2 * tens])
      expect(validation.filter(({ same }) => same)).toHaveLength(tens)
      expect(splitPairs(pairs, { seed })).toEqual({ train, validation })
    }),
  )
  const pairs = numbered(2200)
  expect(splitPairs(pairs, { seed: 1 })).not.toEqual(splitPairs(pairs, { seed: 2 }))
})

test('a damaged or missing photo drops its pairs and is counted; each photo is read once', async () => {
  const sound = join(folder, 'sound.png')
  const torn = join(folder, 'torn.png')
  const png = await sharp({ create: { width: 9, height: 7, channels: 3, background: 'red' } })
    .png()
    .toBuffer()
  await writeFile(sound, png)
  await writeFile(torn, png.subarray(0, 60))
  const gone = join(folder, 'gone.png')
  const pair = (a: string, b: string): FacePair => ({
    same: true,
    people: ['a', 'a'],
    paths: [a, b],
  })
  const pairs = [pair(sound, torn), pair(sound, sound), pair(gone, torn)]
  const read: string[] = []
  const loaded = await loadPairs(pairs, (path) => {
    read.push(path)
    return decodeImage(path)
  })
  expect(read.sort()).toEqual([gone, sound, torn])
  expect(loaded.pairs).toEqual([pairs[1]])
  expect(loaded.droppedPairs).toBe(2)
  expect(loaded.photos.get(sound)).toMatchObject({ width: 9, height: 7 })
  expect(loaded.skipped.map(({ place }) => place)).toEqual([torn, gone])
  expect(loaded.skipped[0]!.reason).toMatch(/cut off or damaged/)
  const failing = loadPairs(pairs, () => Promise.reject(numericError('not about the photo')))
  await expect(failing).rejects.toThrow('not about the photo')
})

const real = realFile('data', 'lfw')
test.skipIf(real.missing)(
  'the real lists have the counts of the paper, of different people',
  async () => {
    const { train, test } = await readLfw(real.path)
    const counts = [train, test].map((pairs) => [
      pairs.length,
      pairs.filter(({ same }) => same).length,
    ])
    expect(counts).toEqual([
      [2200, 1100],
      [1000, 500],
    ])
    const split = splitPairs(train, { seed: 0 })
    expect([split.train.length, split.validation.length]).toEqual([1760, 440])
    const people = new Set(train.flatMap((pair) => pair.people))
    expect(test.flatMap((pair) => pair.people).filter((name) => people.has(name))).toEqual([])
    expect(new Set([...train, ...test].flatMap((pair) => pair.paths)).size).toBe(4992)
  },
)

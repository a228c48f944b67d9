import { appendFile, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { expectClose } from '../../../tests/support/expect-close.ts'
import { openWordVectors } from './open-word-vectors.ts'
import { readWordJson } from './read-word-json.ts'
import { readStoredWords, type WordVector, writeStoredWords } from './stored-words.ts'

let folder: string
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'vitrine-words-'))
})
afterEach(() => rm(folder, { recursive: true, force: true }))

const about = { name: 'tiny', source: 'this test', licence: 'MIT' }
const words: readonly WordVector[] = [
  ['the', [1, 1, 0]],
  ['red', [0, 127, 0]],
  ['apple', [127, 0, 0]],
  ['creme', [0, 0, -127]],
  ['crème', [0, 0, 2]],
]

async function opened(vectors: Iterable<WordVector> = words) {
  const place = join(folder, 'words')
  await writeStoredWords(place, vectors, about)
  return openWordVectors(place)
}

test('a text is the mean of its known words, the commoner a word the less it counts', async () => {
  const encoder = await opened()
  const [the, red, unknown] = [
    await encoder.encode(['the red apple']),
    await encoder.encode(['Red: "APPLE"!']),
    await encoder.encode(['the red unheard-of apple']),
  ]
  // a / (a + 1 / (rank · H₅)) with a = 1/1000, H₅ = 137/60, by hand
  const weight = (rank: number) => 0.001 / (0.001 + 60 / (137 * rank))
  const length = Math.hypot(127 * weight(3), 127 * weight(2))
  expectClose(red, [(127 * weight(3)) / length, (127 * weight(2)) / length, 0], 1e-6)
  expect(the[0]! / the[1]!).toBeCloseTo(
    (127 * weight(3) + weight(1)) / (127 * weight(2) + weight(1)),
    5,
  )
  expect(unknown).toEqual(the)
  expect(encoder.unknown('the Red unheard-of apple of')).toEqual(['unheard', 'of'])
})

test('a word is sought as it is, then without accents; nothing known is zeros', async () => {
  const encoder = await opened()
  const rows = await encoder.encode(['CRÈME', 'Crémé', 'x', '', 'cre\u0300me'])
  expect(Array.from(rows).map((x) => x + 0)).toEqual([
    ...[0, 0, 1],
    ...[0, 0, -1],
    ...[0, 0, 0],
    ...[0, 0, 0],
    ...[0, 0, 1],
  ])
})

test('the order of words and texts does not matter', async () => {
  const encoder = await opened()
  await fc.assert(
    fc.asyncProperty(fc.shuffledSubarray(['the', 'red', 'apple', 'creme']), async (some) => {
      const [text, back] = [some.join(' '), [...some].reverse().join(', ')]
      const both = await encoder.encode([text, back, 'apple'])
      expectClose(both.subarray(0, 3), both.subarray(3, 6), 1e-6)
      expect(both.subarray(0, 3)).toEqual(await encoder.encode([text]))
    }),
    { numRuns: 20 },
  )
})

test('8 bits keep each value to 1/254 of the largest', async () => {
  const vector = fc.array(fc.float({ noNaN: true, noDefaultInfinity: true, min: -9, max: 9 }), {
    minLength: 4,
    maxLength: 4,
  })
  let run = 0
  await fc.assert(
    fc.asyncProperty(vector, async (values) => {
      const place = join(folder, `words-${run++}`)
      await writeStoredWords(place, [['a', values]], about)
      const kept = (await readStoredWords(place)).vectorAt(0)
      const largest = Math.max(...values.map(Math.abs))
      kept.forEach((x, i) => {
        expect(Math.abs(x - values[i]!)).toBeLessThanOrEqual(largest / 253 + 1e-40)
      })
    }),
    { numRuns: 30 },
  )
})

test('what is no word vectors is refused, and leaves nothing', async () => {
  for (const [bad, message] of [
    [[], /holds no word vectors/],
    [
      [
        ['a', [1]],
        ['b', [1, 2]],
      ],
      /"b" has 2 values, wanted 1/,
    ],
    [[['a\nb', [1]]], /no line break/],
    [[['a', [Number.NaN]]], /a vector holds NaN/],
  ] as const)
    await expect(opened(bad)).rejects.toThrow(message)
  expect(await readdir(folder)).toEqual([])
  await expect(openWordVectors(folder)).rejects.toMatchObject({ code: 'NotFound' })
})

test('damaged files are found out', async () => {
  await opened()
  const place = join(folder, 'words')
  for (const name of ['vectors.bin', 'words.txt', 'words.json']) {
    const whole = await readFile(join(place, name))
    await appendFile(join(place, name), 'x')
    await expect(openWordVectors(place)).rejects.toThrow(/damaged .*; remove the folder/)
    await writeFile(join(place, name), whole)
  }
  await openWordVectors(place)
})

const json = JSON.stringify({
  size: 5,
  words: ['a', ']'],
  vectors: { a: [0.5, -1, 7], ']': [1, 2, 8], '","': [3e-7, 4, 9], 'é3]"': [5, 6, 0] },
  unkVector: [0, 0],
})

const wordsOf = async (chunks: Iterable<Uint8Array>): Promise<WordVector[]> => {
  const found: WordVector[] = []
  const stream = (async function* () {
    yield* chunks
  })()
  for await (const word of readWordJson(stream, { place: 'file', dimension: 2 })) found.push(word)
  return found
}

test('words are read from JSON however it is cut into chunks', () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.nat(json.length), { maxLength: 6 }), async (cuts) => {
      const bytes = new TextEncoder().encode(json)
      const at = [0, ...cuts.sort((a, b) => a - b), bytes.length]
      const chunks = at.slice(1).map((end, i) => bytes.subarray(at[i], end))
      expect(await wordsOf(chunks)).toEqual([
        ['a', [0.5, -1]],
        [']', [1, 2]],
        ['","', [3e-7, 4]],
        ['é3]"', [5, 6]],
      ])
    }),
  ))

test('JSON that is cut short or another file is refused', async () => {
  const bytes = new TextEncoder().encode(json)
  await expect(wordsOf([bytes.subarray(0, 70)])).rejects.toMatchObject({ code: 'InvalidInput' })
  await expect(wordsOf([new TextEncoder().encode('{"other":{}}')])).rejects.toThrow(
    /has no "vectors" as wanted/,
  )
  await expect(wordsOf([new TextEncoder().encode('{"vectors":{"a":7]}')])).rejects.toThrow(
    /is no word with its numbers/,
  )
})

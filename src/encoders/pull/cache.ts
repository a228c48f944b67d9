import { createHash } from 'node:crypto'
import { readdir, readFile, stat } from 'node:fs/promises'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { z } from 'zod'
import { hashFile, invalidInput } from '../../core/index.ts'

/** Variables of the environment, as a command gets them. */
export type Environment = Readonly<Record<string, string | undefined>>

/** Where pulled models lie: VITRINE_CACHE, else `vitrine` in XDG_CACHE_HOME or ~/.cache. */
export function cacheFolder(env: Environment): string {
  if (env.VITRINE_CACHE) return join(env.VITRINE_CACHE, 'models')
  const caches = env.XDG_CACHE_HOME || env.LOCALAPPDATA || join(env.HOME || homedir(), '.cache')
  return join(caches, 'vitrine', 'models')
}

/** The folder of one pulled model: legible, and different for every spec. */
export function folderOf(cache: string, { text }: { readonly text: string }): string {
  const legible = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9.]+/g, '-')
    .slice(0, 80)
  return join(cache, `${legible}-${createHash('sha256').update(text).digest('hex').slice(0, 8)}`)
}

const fileRecord = z.strictObject({
  /** Inside the folder, with slashes. */
  path: z.string().min(1),
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
})

const recordSchema = z.strictObject({
  spec: z.string(),
  /** What exactly was pulled: the commit, or the checksum of the package. */
  exactly: z.string(),
  pulledAt: z.iso.datetime(),
  /** The file or folder of `files` that the spec names; '' for all of it. */
  entry: z.string(),
  /** As the hub or the package states it. */
  licence: z.string().optional(),
  /** What it is, where no card says so. */
  description: z.string().optional(),
  files: z.array(fileRecord).min(1),
})

/** `pulled.json`: what a pulled folder holds. It is written last. */
export type PulledRecord = Readonly<z.infer<typeof recordSchema>>
/** One file of a {@link PulledRecord}. */
export type PulledFile = PulledRecord['files'][number]

/** A pulled model in the cache. */
export interface PulledModel {
  readonly record: PulledRecord
  /** Path of the file or folder to be opened. */
  readonly path: string
}

/** The pulled model in a folder of the cache; undefined where there is none. */
export async function readPulled(folder: string): Promise<PulledModel | undefined> {
  const text = await readFile(join(folder, 'pulled.json'), 'utf8').catch(() => undefined)
  if (text === undefined) return undefined
  try {
    const record = recordSchema.parse(JSON.parse(text))
    return { record, path: join(folder, 'files', record.entry) }
  } catch {
    return undefined // it is pulled again
  }
}

/** Everything that was pulled, by name. */
export async function listPulled(cache: string): Promise<PulledModel[]> {
  const names = await readdir(cache).catch(() => [])
  const found = await Promise.all(names.sort().map((name) => readPulled(join(cache, name))))
  return found.filter((model) => model !== undefined)
}

/**
 * Compares every file with what was pulled.
 * @throws InvalidInput, naming the file, when one is gone or was changed
 */
export async function verifyPulled(folder: string, { files, spec }: PulledRecord): Promise<void> {
  for (const { path, bytes, sha256 } of files) {
    const file = join(folder, 'files', path)
    const size = await stat(file).then(
      (found) => found.size,
      () => undefined,
    )
    const same = size === bytes && (await sha256Of(file)) === sha256
    if (!same)
      throw invalidInput(
        `${file}: ${size === undefined ? 'is gone' : 'was changed since it was pulled'}; run "vitrine models pull ${spec}" again`,
      )
  }
}

/** SHA-256 of a file, hexadecimal. */
export const sha256Of = async (path: string): Promise<string> =>
  (await hashFile(path)).toString('hex')

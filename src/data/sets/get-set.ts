import { access, copyFile, mkdir, readdir, rename, rm, statfs } from 'node:fs/promises'
import { join } from 'node:path'
import {
  conflict,
  hashFile,
  invalidInput,
  messageOf,
  notFound,
  type Progress,
  silent,
  unavailable,
  withFileLock,
} from '../../core/index.ts'
import { downloadFile } from '../download/download-file.ts'
import { unpackTar } from '../unpack/unpack-tar.ts'
import { unpackZip } from '../unpack/unpack-zip.ts'
import type { PublicSet, SetFile } from './public-sets.ts'

/** What {@link getSet} takes. */
export interface GetSetOptions {
  /** Folder that holds the data sets, each under its name. */
  readonly home: string
  /** The set's archive where somebody downloaded it already. */
  readonly archive?: string
  readonly progress?: Progress
  readonly signal?: AbortSignal
}

/** Where a data set lies. */
export interface GotSet {
  readonly folder: string
  /** It was there already; nothing was done. */
  readonly wasThere: boolean
}

/**
 * Downloads and unpacks a public data set: whole, checked and under its own name, or not at all.
 * A download that was broken off goes on where it ended, where the server can do that.
 * @throws Conflict when something else lies in its place, or another process is getting it;
 *   Unavailable when the disk is too small, the server cannot be reached or asks for a login;
 *   InvalidInput when what came is not the data set; Cancelled
 */
export async function getSet(set: PublicSet, options: GetSetOptions): Promise<GotSet> {
  const { home } = options
  const folder = join(home, set.name)
  if (await set.isIn(folder)) return { folder, wasThere: true }
  if ((await namesIn(folder)).length > 0)
    throw conflict(
      `${folder}: holds something that is not the data set ${set.name}; move it away, or choose another folder`,
    )
  const byHand = set.files.find(({ url }) => url === undefined)
  if (byHand !== undefined && options.archive === undefined)
    throw unavailable(
      `${set.name}: ${set.page} asks for a login; download ${byHand.name} there with a browser, then "vitrine data get ${set.name} --archive ${byHand.name}"`,
    )
  const downloads = join(home, '.downloads', set.name)
  await mkdir(downloads, { recursive: true })
  const lock = { path: `${downloads}.lock`, doing: `getting ${set.name}` }
  return withFileLock(lock, async () => {
    if (await set.isIn(folder)) return { folder, wasThere: true }
    await checkSpace(home, set)
    const staging = join(home, `.unpacking-${set.name}`)
    await rm(staging, { recursive: true, force: true }) // of a process that was killed
    try {
      await mkdir(staging)
      for (const file of set.files) await place(file, { staging, downloads, ...options })
      if (!(await set.isIn(staging)))
        throw invalidInput(
          `${set.name}: what was unpacked is not the data set; look at ${set.page} for what has changed`,
        )
      await rm(folder, { recursive: true, force: true }) // at most an empty folder
      await rename(staging, folder)
      await rm(downloads, { recursive: true, force: true })
      return { folder, wasThere: false }
    } finally {
      await rm(staging, { recursive: true, force: true, maxRetries: 3 })
    }
  })
}

interface Places extends GetSetOptions {
  readonly staging: string
  readonly downloads: string
}

/** Brings one file of a set to its place in the staging folder. */
async function place(file: SetFile, places: Places): Promise<void> {
  const { staging, archive, progress = silent, signal } = places
  const { name, unpack } = file
  if (unpack === undefined) return copyFile(await download(file, places), join(staging, name))
  if (archive !== undefined) await checkGiven(archive, file)
  const path = archive ?? (await download(file, places))
  const { format, into = '.', ...rules } = unpack
  const folder = join(staging, into)
  await mkdir(folder, { recursive: true })
  progress({ task: `Unpacking ${name}`, done: 0, unit: 'archives' })
  const all = { archive: path, folder, ...rules, ...(signal === undefined ? {} : { signal }) }
  await (format === 'tar' ? unpackTar(all) : unpackZip(all))
}

/** Holds an archive that somebody downloaded to what a download is held to. */
async function checkGiven(archive: string, { name, sha256 }: SetFile): Promise<void> {
  await access(archive).catch((cause: unknown) => {
    throw notFound(`${archive}: cannot be read (${messageOf(cause)}); check the path`, { cause })
  })
  if (sha256 === undefined) return
  const found = (await hashFile(archive)).toString('hex')
  if (found !== sha256)
    throw invalidInput(
      `${archive}: its sha256 is ${found.slice(0, 12)}..., that of ${name} is ${sha256.slice(0, 12)}...; download it again`,
    )
}

async function download(file: SetFile, { downloads, progress, signal }: Places): Promise<string> {
  const { name, url = '', sha256, limitBytes } = file
  const path = join(downloads, name)
  await downloadFile({
    url,
    path,
    limitBytes,
    ...(sha256 === undefined
      ? {}
      : { integrity: { algorithm: 'sha256', digest: sha256, encoding: 'hex' } }),
    allowRedirect: (target, from) => target.protocol === from.protocol,
    progress: inMegabytes(progress ?? silent),
    task: `Downloading ${name}`,
    signal,
  })
  return path
}

/** People read megabytes. */
function inMegabytes(progress: Progress): Progress {
  const round = (bytes: number): number => Math.round(bytes / 1e5) / 10
  return ({ done, total, ...event }) =>
    progress({
      ...event,
      unit: 'MB',
      done: round(done),
      ...(total === undefined ? {} : { total: round(total) }),
    })
}

async function checkSpace(home: string, { name, spaceBytes }: PublicSet): Promise<void> {
  const { bavail, bsize } = await statfs(home)
  const free = bavail * bsize
  if (free < spaceBytes)
    throw unavailable(
      `${home}: ${Math.floor(free / 1e6)} MB free, ${name} takes ${Math.ceil(spaceBytes / 1e6)} MB while it is unpacked; make room, or choose another folder`,
    )
}

const namesIn = (folder: string): Promise<string[]> => readdir(folder).catch(() => [])

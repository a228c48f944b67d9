import type { Dirent } from 'node:fs'
import { readdir } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { invalidInput, messageOf, notFound, throwIfAborted } from '../core/index.ts'
import type { Skipped } from './catalogue.ts'

/** Options of {@link listPictures}. */
export interface ListOptions {
  /** The most files and folders that are looked at; default 1,000,000. */
  readonly limit?: number
  readonly signal?: AbortSignal
}

/** What {@link listPictures} found. */
export interface PictureListing {
  /** Paths of the pictures, sorted by code unit. */
  readonly pictures: readonly string[]
  /** Files that are no pictures by their names, and links. */
  readonly skipped: readonly Skipped[]
}

const extensions = new Set(['.jpg', '.jpeg', '.jpe', '.jfif', '.png', '.webp', '.gif', '.avif'])
const deepest = 64

/**
 * The picture files of a folder and its sub-folders, by their extensions.
 *
 * Symbolic links are not followed, hidden files and folders are passed over.
 * @throws NotFound when the folder does not exist
 * @throws InvalidInput when it is no folder, cannot be read or holds more than the limit
 */
export async function listPictures(
  folder: string,
  { limit = 1_000_000, signal }: ListOptions = {},
): Promise<PictureListing> {
  const pictures: string[] = []
  const skipped: Skipped[] = []
  let seen = 0

  async function visit(at: string, depth: number): Promise<void> {
    throwIfAborted(signal, folder)
    for (const entry of await entriesOf(at)) {
      const path = join(at, entry.name)
      if (++seen > limit)
        throw invalidInput(`${folder}: more than ${limit} files; split the folder`)
      if (isHidden(entry.name)) continue
      if (entry.isSymbolicLink())
        skipped.push({ place: path, reason: 'is a link; links are not followed' })
      else if (entry.isDirectory() && depth < deepest) await visit(path, depth + 1)
      else if (!entry.isFile())
        skipped.push({ place: path, reason: entry.isDirectory() ? 'too deep' : 'is no file' })
      else if (extensions.has(extname(entry.name).toLowerCase())) pictures.push(path)
      else skipped.push({ place: path, reason: 'is no picture by its name' })
    }
  }

  await visit(folder, 0)
  return { pictures: pictures.sort(), skipped }
}

function isHidden(name: string): boolean {
  return name.startsWith('.') || /^(thumbs\.db|desktop\.ini)$/i.test(name)
}

async function entriesOf(folder: string): Promise<Dirent[]> {
  try {
    return await readdir(folder, { withFileTypes: true })
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException
    if (code === 'ENOENT') throw notFound(`${folder}: no such folder; check the path`, { cause })
    if (code === 'ENOTDIR') throw invalidInput(`${folder}: is a file, wanted a folder`, { cause })
    throw invalidInput(`${folder}: cannot be listed: ${messageOf(cause)}; check it`, { cause })
  }
}

import { invalidInput } from '../../core/index.ts'

/** What an archive may unpack to, and which part of it is wanted. */
export interface UnpackOptions {
  readonly archive: string
  /** An empty folder. */
  readonly folder: string
  /** Leading folders of every name that are dropped; default 0. */
  readonly strip?: number
  /** Whether a file is wanted, by its name with `/` between folders; default: all. */
  readonly wants?: (name: string) => boolean
  /** The most bytes that it may unpack to. */
  readonly limitBytes: number
  /** The most files and folders in it; default 500,000. */
  readonly limitEntries?: number
  readonly signal?: AbortSignal
}

/** One entry as an archive describes it. */
export interface ArchiveEntry {
  readonly name: string
  readonly kind: 'file' | 'folder' | 'other'
  readonly bytes: number
}

/**
 * Judges the entries of an archive one after another, before anything of them is written.
 * @returns a function that gives the path below the folder that an entry is written to; undefined
 *   for those that are not: folders, which come with their files, and what is not wanted
 * @throws InvalidInput, from that function, on a name that leaves the folder, a link or device, a
 *   file that comes twice, or when the archive has too many entries or unpacks to too much
 */
export function entryJudge(options: UnpackOptions): (entry: ArchiveEntry) => string | undefined {
  const { archive, limitBytes, limitEntries = 500_000, strip = 0, wants = () => true } = options
  const written = new Set<string>()
  let entries = 0
  let total = 0
  return ({ name, kind, bytes }) => {
    const shown = JSON.stringify(name.slice(0, 200))
    if (++entries > limitEntries)
      throw refused(archive, `has more than ${limitEntries} entries, wanted fewer`)
    if (/^([/\\]|[a-z]:)/i.test(name) || name.split(/[/\\]/).includes('..') || name.includes('\0'))
      throw refused(archive, `its entry ${shown} leaves the folder it is unpacked to`)
    if (kind === 'other') throw refused(archive, `its entry ${shown} is a link or device`)
    total += bytes
    if (total > limitBytes)
      throw refused(archive, `unpacks to more than ${Math.round(limitBytes / 1e6)} MB`)
    const path = name.split('/').slice(strip).join('/')
    if (kind === 'folder' || path === '' || !wants(name)) return undefined
    if (written.has(path)) throw refused(archive, `holds ${path} twice`)
    written.add(path)
    return path
  }
}

function refused(archive: string, what: string): Error {
  return invalidInput(`${archive}: ${what}; nothing of it is kept, download it again`)
}

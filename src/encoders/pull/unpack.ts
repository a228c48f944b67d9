import { mkdir } from 'node:fs/promises'
import { extract, list } from 'tar'
import { invalidInput, messageOf } from '../../core/index.ts'

/** A package's archive and what is wanted of it. */
export interface UnpackOptions {
  /** Path of a .tgz file whose own checksum was right. */
  readonly archive: string
  /** Folder that the files go to; it is made. */
  readonly into: string
  /** Whether a path inside the package, its first folder taken off, is wanted. */
  readonly wanted: (path: string) => boolean
  /** All files together, unpacked, wanted or not. */
  readonly limitBytes: number
}

const mostEntries = 100_000
const plainFiles = new Set(['File', 'OldFile', 'ContiguousFile'])

/**
 * Takes the wanted files out of a package. The whole list is looked at before anything is written:
 * one path that leads out of the package, and nothing of it is taken.
 * @returns every path in the package, and those that were written
 * @throws InvalidInput when the archive is damaged, hostile or too large
 */
export async function unpack({ archive, into, wanted, limitBytes }: UnpackOptions): Promise<{
  readonly all: readonly string[]
  readonly written: readonly string[]
}> {
  const all: string[] = []
  const written = new Set<string>()
  let bytes = 0
  let fault: string | undefined
  const common = { file: archive, strict: true, strip: 1 }
  const look = (entry: { path: string; type: string; size: number; linkpath?: string }) => {
    const path = entry.path.split('/').slice(1).join('/')
    bytes += entry.size
    fault ??= faultOf(entry.path)
    if (all.length >= mostEntries) fault ??= `holds more than ${mostEntries} files`
    if (bytes > limitBytes) fault ??= `unpacks to more than ${limitBytes} bytes`
    if (fault !== undefined || entry.type === 'Directory') return
    all.push(path)
    if (!wanted(path)) return
    if (!plainFiles.has(entry.type)) fault = `${path} is a ${entry.type}, wanted a plain file`
    else if (written.has(path)) fault = `holds ${path} twice`
    else written.add(path)
  }
  try {
    await list({ ...common, onReadEntry: (entry) => look(entry as Parameters<typeof look>[0]) })
    if (fault === undefined) {
      await mkdir(into, { recursive: true })
      const filter = (path: string) => written.has(path.split('/').slice(1).join('/'))
      await extract({
        ...common,
        cwd: into,
        filter,
        preserveOwner: false,
        dmode: 0o755,
        fmode: 0o644,
      })
    }
  } catch (cause) {
    throw invalidInput(`${archive}: is damaged (${messageOf(cause)}); pull it again`, { cause })
  }
  if (fault !== undefined)
    throw invalidInput(`${archive}: ${fault}; this package is not safe to take, nothing was kept`)
  return { all, written: [...written] }
}

/** What is wrong with a path in an archive, undefined where nothing is. */
function faultOf(path: string): string | undefined {
  const parts = path.replace(/\/$/, '').split('/')
  const leads = parts.some((part) => part === '' || part === '.' || part === '..')
  const strange = /[\\\0]|^[a-z]:/i.test(path)
  return leads || strange ? `${JSON.stringify(path)} leads out of the package` : undefined
}

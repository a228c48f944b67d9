import { createReadStream } from 'node:fs'
import { extract } from 'tar'
import { AppError, cancelled, invalidInput, messageOf, throwIfAborted } from '../../core/index.ts'
import { type ArchiveEntry, entryJudge, type UnpackOptions } from './unpack-limits.ts'

/**
 * Unpacks a .tar or .tar.gz file, plain files and folders alone.
 *
 * It stops at the first entry that must not be; the caller then removes what was written.
 * @throws InvalidInput when the archive is damaged or not to be trusted; Cancelled
 */
export async function unpackTar(options: UnpackOptions): Promise<void> {
  const { archive, folder, strip = 0, signal } = options
  throwIfAborted(signal, archive)
  const judge = entryJudge(options)
  const source = createReadStream(archive)
  let wrong: unknown
  const stop = (error: unknown): void => {
    wrong ??= error
    source.destroy()
    sink.abort(error as Error)
  }
  const sink = extract({
    cwd: folder,
    strip,
    strict: true,
    noMtime: true,
    // What archives say of owners and rights is theirs.
    preserveOwner: false,
    filter: (name, entry) => {
      if (wrong !== undefined) return false
      try {
        const described = entry as TarEntry
        described.mode = 0o644
        return judge(entryOf(name, described)) !== undefined
      } catch (error) {
        stop(error)
        return false
      }
    },
  })
  const onAbort = (): void => stop(cancelled(`${archive}: stopped as asked`))
  signal?.addEventListener('abort', onAbort)
  try {
    await new Promise<void>((resolve, reject) => {
      source.on('error', reject)
      sink.on('error', reject)
      sink.on('close', resolve)
      source.pipe(sink as unknown as NodeJS.WritableStream)
    })
  } catch (error) {
    wrong ??= error
  } finally {
    signal?.removeEventListener('abort', onAbort)
    source.destroy()
  }
  if (wrong instanceof AppError) throw wrong
  if (wrong !== undefined)
    throw invalidInput(`${archive}: is damaged (${messageOf(wrong)}); download it again`, {
      cause: wrong,
    })
}

/** What tar reads of an entry; it writes the file with this mode. */
interface TarEntry {
  readonly type?: string
  readonly size?: number
  mode?: number
}

function entryOf(name: string, { type, size = 0 }: TarEntry): ArchiveEntry {
  const isFile = type === 'File' || type === 'OldFile' || type === 'ContiguousFile'
  const kind = isFile ? 'file' : type === 'Directory' ? 'folder' : 'other'
  return { name, kind, bytes: size }
}

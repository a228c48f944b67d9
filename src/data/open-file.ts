import { constants, type FileHandle, open } from 'node:fs/promises'
import { AppError, invalidInput, messageOf, notFound } from '../core/index.ts'

/** An open file with the size it had when it was opened. */
export interface OpenFile {
  readonly handle: FileHandle
  readonly sizeBytes: number
}

/** What {@link openFile} asks of a file. */
export interface FileLimits {
  /** What the file should be, for messages: `picture`, `catalogue`. */
  readonly what: string
  /** The largest size that is read. */
  readonly limitBytes: number
}

/**
 * Opens a regular, non-empty file of bounded size for reading; the caller closes it.
 *
 * The checks look at the open file, so nothing can be put in its place between check and read.
 * A pipe or device is refused without waiting for it.
 * @throws NotFound when there is no such file
 * @throws InvalidInput when it is a folder, a pipe, a device, empty, too large or unreadable
 */
export async function openFile(path: string, limits: FileLimits): Promise<OpenFile> {
  if (path.includes('\0'))
    throw invalidInput(`${JSON.stringify(path)}: a path cannot contain a NUL character`)
  const { O_RDONLY, O_NONBLOCK = 0, O_NOCTTY = 0 } = constants
  let handle: FileHandle
  try {
    handle = await open(path, O_RDONLY | O_NONBLOCK | O_NOCTTY)
  } catch (error) {
    throw explain(path, limits.what, error)
  }
  try {
    return { handle, sizeBytes: await checkedSize(path, handle, limits) }
  } catch (error) {
    await handle.close()
    throw error instanceof AppError ? error : explain(path, limits.what, error)
  }
}

/** Reads the whole of a file that {@link openFile} accepts, never more than its limit. */
export async function readWholeFile(path: string, limits: FileLimits): Promise<Buffer> {
  const { handle, sizeBytes } = await openFile(path, limits)
  try {
    const bytes = Buffer.allocUnsafe(sizeBytes)
    let filled = 0
    while (filled < sizeBytes) {
      const { bytesRead } = await handle.read(bytes, filled, sizeBytes - filled, filled)
      if (bytesRead === 0) break
      filled += bytesRead
    }
    return bytes.subarray(0, filled)
  } catch (error) {
    throw explain(path, limits.what, error)
  } finally {
    await handle.close()
  }
}

async function checkedSize(path: string, handle: FileHandle, { what, limitBytes }: FileLimits) {
  const stat = await handle.stat()
  if (stat.isDirectory()) throw invalidInput(`${path}: is a folder, wanted a ${what} file`)
  if (!stat.isFile())
    throw invalidInput(`${path}: is a pipe or device, wanted a ${what} file; copy it to a file`)
  if (stat.size === 0)
    throw invalidInput(`${path}: the file is empty, wanted a ${what}; copy it again`)
  if (stat.size > limitBytes)
    throw invalidInput(
      `${path}: ${inMebibytes(stat.size)} MiB, a ${what} may have ${inMebibytes(limitBytes)} MiB; make it smaller`,
    )
  return stat.size
}

function inMebibytes(bytes: number): string {
  return String(Math.ceil((bytes / 2 ** 20) * 10) / 10)
}

function explain(path: string, what: string, cause: unknown): AppError {
  const code = (cause as NodeJS.ErrnoException).code
  if (code === 'ENOENT' || code === 'ENOTDIR')
    return notFound(`${path}: no such ${what} file; check the path`, { cause })
  if (code === 'EACCES' || code === 'EPERM')
    return invalidInput(`${path}: may not be read; give yourself permission to read it`, { cause })
  if (code === 'EISDIR') return invalidInput(`${path}: is a folder, wanted a ${what} file`)
  if (code === 'ENXIO')
    return invalidInput(`${path}: is a pipe or device, wanted a ${what} file; copy it to a file`)
  return invalidInput(`${path}: cannot be read: ${messageOf(cause)}; check the file`, { cause })
}

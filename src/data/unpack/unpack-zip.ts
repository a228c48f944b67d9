import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { type Entry, openPromise } from 'yauzl'
import { AppError, invalidInput, messageOf, throwIfAborted } from '../../core/index.ts'
import { type ArchiveEntry, entryJudge, type UnpackOptions } from './unpack-limits.ts'

/**
 * Unpacks a .zip file, plain files and folders alone, one after another. An entry that is longer
 * than it says is an error.
 * @throws InvalidInput when the archive is damaged, encrypted or not to be trusted; Cancelled
 */
export async function unpackZip(options: UnpackOptions): Promise<void> {
  const { archive, folder, signal } = options
  const judge = entryJudge(options)
  try {
    const zip = await openPromise(archive, { autoClose: false })
    try {
      for await (const entry of zip.eachEntry()) {
        throwIfAborted(signal, archive)
        const way = judge(describe(entry))
        if (way === undefined) continue
        const path = join(folder, way)
        await mkdir(dirname(path), { recursive: true })
        const content = await zip.openReadStreamPromise(entry)
        const stop = signal === undefined ? {} : { signal }
        await pipeline(content, createWriteStream(path, { flags: 'wx' }), stop)
      }
    } finally {
      zip.close()
    }
  } catch (error) {
    throwIfAborted(signal, archive)
    if (error instanceof AppError) throw error
    throw invalidInput(`${archive}: is damaged (${messageOf(error)}); download it again`, {
      cause: error,
    })
  }
}

function describe({ fileName, externalFileAttributes, uncompressedSize }: Entry): ArchiveEntry {
  const type = (externalFileAttributes >>> 16) & 0o170000 // as Unix has it; 0 from other systems
  const isPlain = type === 0 || type === 0o100000 || type === 0o040000
  const kind = !isPlain ? 'other' : fileName.endsWith('/') ? 'folder' : 'file'
  return { name: fileName, kind, bytes: uncompressedSize }
}

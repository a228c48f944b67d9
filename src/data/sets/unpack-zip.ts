import { createWriteStream } from 'node:fs'
import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { promisify } from 'node:util'
import { type Entry, open, type ZipFile } from 'yauzl'
import { AppError, invalidInput, messageOf, throwIfAborted } from '../../core/index.ts'
import { type ArchiveEntry, entryJudge, type UnpackOptions } from './unpack-limits.ts'

/**
 * Unpacks a .zip file, plain files and folders alone, one after another. An entry that is longer
 * than it says is an error.
 * @throws InvalidInput when the archive is damaged, encrypted or not to be trusted; Cancelled
 */
export async function unpackZip(options: UnpackOptions): Promise<void> {
  const { archive, folder, strip = 0, signal } = options
  const judge = entryJudge(options)
  try {
    const zip = await openZip(archive, { lazyEntries: true, autoClose: false })
    try {
      for await (const entry of entriesOf(zip)) {
        throwIfAborted(signal, archive)
        const described = describe(entry)
        const way = described.name.split('/').slice(strip).join('/')
        if (!judge(described) || described.kind === 'folder' || way === '') continue
        const path = join(folder, way)
        await mkdir(dirname(path), { recursive: true })
        const content = await readStream(zip, entry)
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

const openZip = promisify<string, { lazyEntries: boolean; autoClose: boolean }, ZipFile>(open)

function readStream(zip: ZipFile, entry: Entry): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, (error, stream) => (error === null ? resolve(stream) : reject(error)))
  })
}

async function* entriesOf(zip: ZipFile): AsyncGenerator<Entry> {
  for (let left = zip.entryCount; left > 0; left--)
    yield await new Promise<Entry>((resolve, reject) => {
      zip.once('entry', resolve)
      zip.once('error', reject)
      zip.readEntry()
    }).finally(() => zip.removeAllListeners('error').removeAllListeners('entry'))
}

function describe({ fileName, externalFileAttributes, uncompressedSize }: Entry): ArchiveEntry {
  const type = (externalFileAttributes >>> 16) & 0o170000 // as Unix has it; 0 from other systems
  const isPlain = type === 0 || type === 0o100000 || type === 0o040000
  const kind = !isPlain ? 'other' : fileName.endsWith('/') ? 'folder' : 'file'
  return { name: fileName, kind, bytes: uncompressedSize }
}

import { stat } from 'node:fs/promises'
import { hashFile } from '../core/index.ts'
import { damaged, type FileRecord } from './manifest.ts'

/** @throws InvalidInput when a data file is missing or not as long as the manifest says */
export async function checkLength(path: string, { bytes }: FileRecord): Promise<void> {
  const size = await stat(path).then(
    (file) => file.size,
    () => undefined,
  )
  if (size === undefined) throw damaged(path, 'is missing')
  if (size !== bytes) throw damaged(path, `has ${size} bytes, index.json notes ${bytes}`)
}

/**
 * Reads a data file whole.
 * @throws InvalidInput when it is missing or not the one that the manifest describes
 */
export async function checkFile(path: string, record: FileRecord): Promise<void> {
  await checkLength(path, record)
  if ((await hashFile(path)).toString('hex') !== record.sha256) throw wrongChecksum(path)
}

/** The error for a file of the right length that is not the one the manifest describes. */
export function wrongChecksum(path: string) {
  return damaged(path, 'does not have the checksum that index.json notes')
}

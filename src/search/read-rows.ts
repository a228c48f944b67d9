import { createHash } from 'node:crypto'
import { open, stat } from 'node:fs/promises'
import { damaged, type IndexManifest } from './manifest.ts'

const blockBytes = 1 << 20

/**
 * Reads a rows file from its beginning, block by block, one row after another.
 *
 * The array given out is overwritten by the next one; a reader that wants to keep it copies it.
 * @throws InvalidInput when the file is missing, of the wrong length, or, found out at its end, not
 *   the one that the manifest describes
 */
export async function* readRows(
  path: string,
  manifest: IndexManifest,
): AsyncGenerator<Float32Array> {
  const { dimension, count } = manifest
  await checkRowsLength(path, manifest)
  const file = await open(path)
  try {
    const hash = createHash('sha256')
    const rowsInBlock = Math.max(1, Math.floor(blockBytes / (4 * dimension)))
    const block = new Float32Array(Math.min(rowsInBlock, count) * dimension)
    for (let row = 0; row < count; row += rowsInBlock) {
      const rows = Math.min(rowsInBlock, count - row)
      const bytes = new Uint8Array(block.buffer, 0, rows * dimension * 4)
      await fill(file, bytes, path)
      hash.update(bytes)
      for (let i = 0; i < rows; i++) yield block.subarray(i * dimension, (i + 1) * dimension)
    }
    if (hash.digest('hex') !== manifest.rows.sha256)
      throw damaged(path, 'does not have the checksum that index.json notes')
  } finally {
    await file.close()
  }
}

/** @throws InvalidInput when a rows file is missing or not as long as the manifest says */
export async function checkRowsLength(path: string, manifest: IndexManifest): Promise<void> {
  const size = await stat(path).then(
    (file) => file.size,
    () => undefined,
  )
  if (size === undefined) throw damaged(path, 'is missing')
  if (size !== manifest.rows.bytes)
    throw damaged(path, `has ${size} bytes, index.json notes ${manifest.rows.bytes}`)
}

async function fill(
  file: { read(buffer: Uint8Array, offset: number): Promise<{ bytesRead: number }> },
  bytes: Uint8Array,
  path: string,
): Promise<void> {
  for (let filled = 0; filled < bytes.length; ) {
    const { bytesRead } = await file.read(bytes, filled)
    if (bytesRead === 0) throw damaged(path, 'ended early')
    filled += bytesRead
  }
}

import { createHash } from 'node:crypto'
import { open } from 'node:fs/promises'
import { damaged, type IndexManifest } from './manifest.ts'
import { rowFormats } from './row-format.ts'
import { checkLength, wrongChecksum } from './stored-file.ts'

const blockBytes = 1 << 20

/**
 * Reads a rows file from its beginning, block by block, one row after another, as the bytes of the file.
 *
 * The array given out is overwritten by the next one; a reader that wants to keep it copies it.
 * @throws InvalidInput when the file is missing, of the wrong length, or, found out at its end, not
 *   the one that the manifest describes
 */
export async function* readRows(path: string, manifest: IndexManifest): AsyncGenerator<Uint8Array> {
  const { dimension, count, precision } = manifest
  const rowBytes = dimension * rowFormats[precision].bytesPerValue
  await checkLength(path, manifest.rows)
  const file = await open(path)
  try {
    const hash = createHash('sha256')
    const rowsInBlock = Math.max(1, Math.floor(blockBytes / rowBytes))
    const block = new Uint8Array(Math.min(rowsInBlock, count) * rowBytes)
    for (let row = 0; row < count; row += rowsInBlock) {
      const rows = Math.min(rowsInBlock, count - row)
      const bytes = block.subarray(0, rows * rowBytes)
      await fill(file, bytes, path)
      hash.update(bytes)
      for (let i = 0; i < rows; i++) yield block.subarray(i * rowBytes, (i + 1) * rowBytes)
    }
    if (hash.digest('hex') !== manifest.rows.sha256) throw wrongChecksum(path)
  } finally {
    await file.close()
  }
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

import type { FileHandle } from 'node:fs/promises'
import { type AppError, invalidInput } from '../core/index.ts'

/** More than a day of 30 frames a second, and a list of them still fits in memory. */
const MOST_FRAMES = 3_000_000
const MOST_TABLE_BYTES = 2 ** 28

/**
 * A reader of a file's bytes that refuses mp4 tables which claim absurdly many frames.
 *
 * An mp4 stores "n frames of this length" in eight bytes, and parsers unroll it: a few bytes could ask
 * for thousands of millions of objects. Every byte that the parser sees passes here first, so a table is
 * found wherever it hides. Bytes that only look like a table can do no more than be read.
 */
export function guardedReader(
  handle: FileHandle,
  size: number,
  path: string,
): (start: number, end: number) => Promise<Uint8Array> {
  const seen = new Set<number>() // positions: parts of a file are read more than once
  let framesInRuns = 0
  const readAt = async (start: number, end: number): Promise<Buffer> => {
    const bytes = Buffer.alloc(Math.max(0, Math.min(end, size) - start))
    const { bytesRead } = await handle.read(bytes, 0, bytes.length, start)
    if (bytesRead < bytes.length) throw new Error('the file became shorter while being read')
    return bytes
  }
  const isNew = (position: number): boolean =>
    !seen.has(position) && seen.add(position) !== undefined
  return async (start, end) => {
    const bytes = await readAt(start, end + 8)
    for (const name of ['stbl', 'moof']) {
      for (const at of occurrences(bytes, name)) {
        const position = start + at
        if (position < 4 || !isNew(position)) continue
        const header = await readAt(position - 4, position + 12)
        const length = header.readUInt32BE(0)
        if (length <= MOST_TABLE_BYTES) {
          const last = length === 0 ? position + MOST_TABLE_BYTES : position - 4 + length
          const box = await readAt(position, last)
          if (name === 'stbl') assertFewFrames(box, path)
          else framesInRuns += runsIn(box)
        } else if (position + length <= size && looksLikeBox(header)) throw tooMany(path)
      }
    }
    if (framesInRuns > MOST_FRAMES) throw tooMany(path)
    return new Uint8Array(bytes.buffer, bytes.byteOffset, Math.min(end, size) - start)
  }
}

/** Times alone (stts) are never unrolled, and uncompressed sound has very many; with offsets (ctts) they are. */
function assertFewFrames(table: Buffer, path: string): void {
  const [times = 0, offsets = 0] = ['stts', 'ctts'].map((name) =>
    occurrences(table, name).reduce((sum, at) => sum + framesFrom(table, at), 0),
  )
  if (offsets > MOST_FRAMES || (offsets > 0 && times > MOST_FRAMES)) throw tooMany(path)
}

/** Name, version and flags, number of entries; then each entry a count and a value. */
function framesFrom(table: Buffer, at: number): number {
  if (at + 12 > table.length) return 0
  const first = at + 12
  const end = Math.min(table.length - 7, first + 8 * table.readUInt32BE(at + 8))
  let frames = 0
  for (let entry = first; entry < end; entry += 8) frames += table.readUInt32BE(entry)
  return frames
}

function runsIn(fragment: Buffer): number {
  return occurrences(fragment, 'trun')
    .filter((at) => at + 12 <= fragment.length)
    .reduce((sum, at) => sum + fragment.readUInt32BE(at + 8), 0)
}

/** Length, name, then a first child with a name of letters: no chance bytes in the middle of a picture. */
function looksLikeBox(header: Buffer): boolean {
  return /^[A-Za-z0-9]{4}$/.test(header.toString('latin1', 12, 16))
}

function occurrences(bytes: Buffer, name: string): number[] {
  const found: number[] = []
  for (let at = bytes.indexOf(name); at >= 0; at = bytes.indexOf(name, at + 1)) found.push(at)
  return found
}

const tooMany = (path: string): AppError =>
  invalidInput(
    `${path}: claims more than ${MOST_FRAMES} frames, the file is damaged or made to harm; ` +
      'copy it again or cut it into parts',
  )

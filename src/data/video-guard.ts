import type { FileHandle } from 'node:fs/promises'
import { type AppError, invalidInput } from '../core/index.ts'

/** More than a day of 30 frames a second, and a list of them still fits in memory. */
const MOST_FRAMES = 3_000_000
const MOST_TABLE_BYTES = 2 ** 28
/** Name, version and flags, count: how each of these tables begins. */
const HEADER_BYTES = 12

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
    const bytes = await readAt(start, end + HEADER_BYTES)
    for (const at of occurrences(bytes, 'stbl')) {
      const position = start + at
      if (position < 4 || !isNew(position)) continue
      const length = (await readAt(position - 4, position)).readUInt32BE(0)
      const isWide = length === 1 // a 64-bit length follows; no real table of frames has one
      if (isWide || length > MOST_TABLE_BYTES) {
        if (position + length <= size) throw tooMany(path)
        continue
      }
      assertFewFrames(await readAt(position, length === 0 ? size : position - 4 + length), path)
    }
    for (const at of occurrences(bytes, 'trun')) {
      if (at + HEADER_BYTES > bytes.length || !isTable(bytes, at, 0xf05)) continue
      if (isNew(start + at)) framesInRuns += bytes.readUInt32BE(at + 8)
      if (framesInRuns > MOST_FRAMES) throw tooMany(path)
    }
    return new Uint8Array(bytes.buffer, bytes.byteOffset, Math.min(end, size) - start)
  }
}

/** Times alone (stts) are never unrolled, and uncompressed sound has very many; offsets (ctts) are, and with them the times. */
function assertFewFrames(table: Buffer, path: string): void {
  const [times = 0, offsets = 0] = ['stts', 'ctts'].map((name) =>
    occurrences(table, name)
      .filter((at) => at + HEADER_BYTES <= table.length && isTable(table, at, 0))
      .reduce((sum, at) => sum + framesFrom(table, at), 0),
  )
  if (offsets > MOST_FRAMES || (offsets > 0 && times > MOST_FRAMES)) throw tooMany(path)
}

function framesFrom(table: Buffer, at: number): number {
  const first = at + HEADER_BYTES
  const end = Math.min(table.length - 7, first + 8 * table.readUInt32BE(at + 8))
  let frames = 0
  for (let entry = first; entry < end; entry += 8) frames += table.readUInt32BE(entry)
  return frames
}

/** Version 0 or 1 and no flag but the known ones: not just four letters that happen to be there. */
function isTable(bytes: Buffer, at: number, knownFlags: number): boolean {
  return bytes[at + 4]! <= 1 && (bytes.readUIntBE(at + 5, 3) & ~knownFlags) === 0
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

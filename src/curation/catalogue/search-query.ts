import { open, stat } from 'node:fs/promises'
import { extname } from 'node:path'
import { invalidInput } from '../../core/index.ts'
import { type Box, cropPicture, decodeImage, openVideo, type Picture } from '../../data/index.ts'

/** What is searched with: a picture, or a moment of a video, whole or a part of it. */
export interface QuerySource {
  readonly path: string
  /** A moment of a video. */
  readonly timeSeconds?: number | undefined
  /** In pixels of the picture or frame as it is shown. */
  readonly box?: Box | undefined
}

/** A query as it was read. */
export interface Query {
  /** What is to be encoded: the part in the box, or everything. */
  readonly picture: Picture
  /** The picture or frame around it, as large as the file has it only where there is a box. */
  readonly whole: Picture
}

/** How {@link readQuery} reads. */
export interface ReadQueryOptions {
  /** A whole picture is decoded to at most this many pixels a side. */
  readonly longestSide?: number
  readonly signal?: AbortSignal
}

/**
 * Reads a query from a picture file, or a frame of a video file.
 *
 * @throws NotFound when there is no such file; InvalidInput, naming it, when it is damaged, a video
 *   comes without a time or a picture with one, the time is beyond the end or the box leaves the
 *   picture
 */
export async function readQuery(
  source: QuerySource,
  { longestSide, signal }: ReadQueryOptions = {},
): Promise<Query> {
  const { path, timeSeconds, box } = source
  const kind = await kindOf(path)
  if (kind === 'video' && timeSeconds === undefined)
    throw invalidInput(`${path}: is a video; say which moment to search with, --time 0:12.5`)
  if (kind === 'picture' && timeSeconds !== undefined)
    throw invalidInput(`${path}: is a picture, only a video has a time; leave out --time`)
  const whole =
    timeSeconds === undefined
      ? await decodeImage(path, box === undefined && longestSide ? { longestSide } : {})
      : await frameOf(path, timeSeconds, signal)
  if (box === undefined) return { picture: whole, whole }
  assertInside(path, box, whole)
  return { picture: cropPicture(whole, box), whole }
}

async function frameOf(path: string, timeSeconds: number, signal?: AbortSignal): Promise<Picture> {
  const video = await openVideo(path, { signal })
  try {
    return await video.frameAt(timeSeconds)
  } finally {
    await video.close()
  }
}

function assertInside(path: string, { x, y, width, height }: Box, whole: Picture): void {
  const sound = [x, y, width, height].every(Number.isInteger) && width >= 1 && height >= 1
  const inside = x >= 0 && y >= 0 && x + width <= whole.width && y + height <= whole.height
  if (sound && inside) return
  throw invalidInput(
    `${path}: box ${x},${y},${width},${height} does not lie inside the picture of ${whole.width} x ${whole.height} pixels; give x,y,width,height in whole pixels from its top left corner`,
  )
}

const videoNames = new Set(['.mp4', '.m4v', '.mov', '.webm', '.mkv'])

/** By content where that is clear, else by name; undefined where neither says. */
async function kindOf(path: string): Promise<'picture' | 'video' | undefined> {
  const head = await headOf(path)
  const brand = head.slice(4, 8) === 'ftyp' ? head.slice(8, 12) : ''
  if (brand !== '') return /^(avi[fs]|hei|hev|mif1|msf1)/.test(brand) ? 'picture' : 'video'
  if (head.startsWith('\x1a\x45\xdf\xa3')) return 'video'
  if (/^(\xff\xd8\xff|\x89PNG|GIF8|RIFF....WEBP)/s.test(head)) return 'picture'
  return videoNames.has(extname(path).toLowerCase()) ? 'video' : undefined
}

/** The first bytes of a regular file as latin1; nothing where there is none, its reader says why. */
async function headOf(path: string): Promise<string> {
  const isFile = await stat(path).then(
    (found) => found.isFile(),
    () => false,
  )
  if (!isFile) return ''
  const file = await open(path).catch(() => undefined)
  try {
    const { buffer, bytesRead } = (await file?.read(Buffer.alloc(16), 0, 16, 0)) ?? {}
    return buffer?.toString('latin1', 0, bytesRead) ?? ''
  } finally {
    await file?.close()
  }
}

import type { FileHandle } from 'node:fs/promises'
import {
  CustomSource,
  EncodedPacketSink,
  Input,
  type InputVideoTrack,
  Logging,
  LogLevel,
  MATROSKA,
  MP4,
  QTFF,
  WEBM,
} from 'mediabunny'
import { AppError, invalidInput, messageOf, unsupportedOp } from '../core/index.ts'
import { openFile } from './open-file.ts'
import { MAX_FRAME_PIXELS, type Presentation } from './video-frame.ts'
import { guardedReader } from './video-guard.ts'

/** What a decoder has to be told before its first packet. */
export type DecoderConfig = NonNullable<Awaited<ReturnType<InputVideoTrack['getDecoderConfig']>>>

/** The pictures of an opened video file, still encoded. */
export interface VideoFile {
  readonly packets: EncodedPacketSink
  readonly config: DecoderConfig
  readonly presentation: Presentation
  readonly firstSeconds: number
  readonly durationSeconds: number
  close(): Promise<void>
}

const SHORTEST_BYTES = 16
const CONVERT = 'convert it: ffmpeg -i in -c:v libx264 -pix_fmt yuv420p out.mp4'

/**
 * Opens a video by its content (mp4, mov, webm, mkv), never by its name, and reads it piece by
 * piece from disk. Only a regular file is opened: no device, no pipe, no address.
 * @throws {AppError} NotFound, InvalidInput or UnsupportedOp, naming the file and the remedy
 */
export async function openVideoFile(path: string): Promise<VideoFile> {
  Logging.level = LogLevel.Silent // its warnings would land in the middle of our own output
  // Read in pieces, so any length will do; the limit only bars nonsense.
  const { handle, sizeBytes: size } = await openFile(path, { what: 'video', limitBytes: 2 ** 42 })
  const input = new Input({
    formats: [MP4, QTFF, WEBM, MATROSKA],
    source: sourceOf(handle, size, path),
  })
  const close = async (): Promise<void> => {
    input.dispose()
    await handle.close()
  }
  try {
    return { ...(await describe(input, path, size)), close }
  } catch (error) {
    await close()
    throw asVideoError(error, path)
  }
}

/** The one clear line for whatever a parser or decoder threw. */
export function asVideoError(error: unknown, path: string): AppError {
  if (error instanceof AppError) return error
  return invalidInput(`${path}: the video is damaged (${messageOf(error)}); copy it again`, {
    cause: error,
  })
}

function sourceOf(handle: FileHandle, size: number, path: string): CustomSource {
  return new CustomSource({
    getSize: () => size,
    read: guardedReader(handle, size, path),
    prefetchProfile: 'fileSystem',
    handleUnhandledError: () => {},
  })
}

async function describe(
  input: Input,
  path: string,
  size: number,
): Promise<Omit<VideoFile, 'close'>> {
  // Parsers assert that a file is at least as long as the shortest header.
  if (size < SHORTEST_BYTES || !(await input.canRead())) {
    throw invalidInput(`${path}: not a video in mp4, mov, webm or mkv; ${CONVERT}`)
  }
  const track = await pictureTrack(input, path)
  const config = await track.getDecoderConfig()
  if (config === null) {
    const codec = String(await track.getInternalCodecId())
      .replace(/[^\w/.-]/g, '?')
      .slice(0, 40)
    throw unsupportedOp(
      `${path}: its pictures are coded as ${codec}, wanted H.264, H.265, VP8, VP9 or AV1; ${CONVERT}`,
    )
  }
  const presentation = {
    width: await track.getDisplayWidth(),
    height: await track.getDisplayHeight(),
    rotationDegrees: await track.getRotation(),
    flipped: await track.getFlip(),
  }
  for (const pixels of [
    (await track.getCodedWidth()) * (await track.getCodedHeight()),
    presentation.width * presentation.height,
  ]) {
    if (pixels > 0 && pixels <= MAX_FRAME_PIXELS) continue
    throw invalidInput(
      `${path}: claims frames of ${presentation.width} x ${presentation.height} pixels, ` +
        'wanted at most 8192 x 4320; make a smaller copy',
    )
  }
  return {
    packets: new EncodedPacketSink(track),
    config,
    presentation,
    firstSeconds: Math.max(0, await track.getFirstTimestamp()),
    durationSeconds: await track.computeDuration(),
  }
}

async function pictureTrack(input: Input, path: string): Promise<InputVideoTrack> {
  let track: InputVideoTrack | null
  try {
    track = await input.getPrimaryVideoTrack()
  } catch (cause) {
    if (cause instanceof AppError) throw cause
    throw invalidInput(
      `${path}: the video is incomplete or damaged (${messageOf(cause)}); copy or download it again`,
      { cause },
    )
  }
  if (track !== null) return track
  const sound = (await input.getAudioTracks()).length > 0
  throw invalidInput(
    sound
      ? `${path}: has sound but no pictures; name a video with pictures`
      : `${path}: the video is incomplete, it lists no pictures; copy or download it again`,
  )
}

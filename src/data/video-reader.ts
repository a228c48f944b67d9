import { invalidInput, throwIfAborted } from '../core/index.ts'
import type { Picture } from './picture.ts'
import { loadVideoCodecs } from './video-codecs.ts'
import { asVideoError, openVideoFile } from './video-file.ts'
import {
  everyFrame,
  pictureAt,
  sampledFrames,
  type VideoAccess,
  type VideoPicture,
} from './video-frames.ts'

export type { VideoPicture }

/** An opened video; close it. */
export interface Video {
  /** As shown: after rotation, in square pixels. */
  readonly width: number
  readonly height: number
  readonly durationSeconds: number
  /**
   * The frame on show at a time: the last one that begins at or before it.
   * @param timeSeconds from 0 to the duration
   * @throws {AppError} InvalidInput when the time lies outside the video or the video is damaged
   */
  frameAt(timeSeconds: number): Promise<Picture>
  /** Every frame in the order shown; with `everySeconds`, the frame on show at 0, s, 2s, ... */
  frames(options?: { readonly everySeconds?: number }): AsyncGenerator<VideoPicture, void>
  close(): Promise<void>
}

/** How to open a video. */
export interface OpenVideoOptions {
  readonly signal?: AbortSignal | undefined
  /** How long the decoder may show no sign of life; 15 s unless told. */
  readonly timeoutMs?: number
}

/**
 * Opens a local video file (mp4, mov, webm or mkv holding H.264, H.265, VP8, VP9 or AV1).
 * Files of any length are read piece by piece; frames are limited to 8192 x 4320 pixels.
 * @throws {AppError} NotFound, InvalidInput, UnsupportedOp or Unavailable, in one line naming the file
 */
export async function openVideo(
  path: string,
  { signal, timeoutMs = 15_000 }: OpenVideoOptions = {},
): Promise<Video> {
  throwIfAborted(signal, path)
  const file = await openVideoFile(path)
  let access: VideoAccess
  try {
    access = { file, codecs: await loadVideoCodecs(), place: path, signal, timeoutMs }
  } catch (error) {
    await file.close()
    throw error
  }
  let queue: Promise<unknown> = Promise.resolve()
  return {
    width: file.presentation.width,
    height: file.presentation.height,
    durationSeconds: file.durationSeconds,
    async frameAt(timeSeconds) {
      assertInside(path, timeSeconds, file.durationSeconds)
      // One decoder at a time, whatever the caller does: frames are large.
      const found = queue.then(() => pictureAt(access, timeSeconds))
      queue = found.catch(() => {})
      try {
        return await found
      } catch (error) {
        throw asVideoError(error, path)
      }
    },
    frames: ({ everySeconds } = {}) =>
      everySeconds === undefined ? everyFrame(access) : sampledFrames(access, everySeconds),
    close: () => file.close(),
  }
}

function assertInside(path: string, timeSeconds: number, durationSeconds: number): void {
  if (timeSeconds >= 0 && timeSeconds <= durationSeconds) return
  throw invalidInput(
    `${path}: there is no frame at ${timeSeconds} s, the video lasts ` +
      `${Number(durationSeconds.toFixed(3))} s; give a time from 0 to that`,
  )
}

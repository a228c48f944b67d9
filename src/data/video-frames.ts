import type { VideoFrame } from '@napi-rs/webcodecs'
import { invalidInput } from '../core/index.ts'
import type { Picture } from './picture.ts'
import type { VideoCodecs } from './video-codecs.ts'
import { decodeFrames } from './video-decode.ts'
import { asVideoError, type VideoFile } from './video-file.ts'
import { pictureFromFrame } from './video-frame.ts'

/** A frame of a video and when it begins to be shown, or the time it was asked for. */
export interface VideoPicture {
  readonly timeSeconds: number
  readonly picture: Picture
}

/** An opened file and what decoding it takes. */
export interface VideoAccess {
  readonly file: VideoFile
  readonly codecs: VideoCodecs
  /** Names the file in errors. */
  readonly place: string
  readonly signal: AbortSignal | undefined
  readonly timeoutMs: number
}

/** Containers store times rounded; a time this much before a frame still means that frame. */
export const ROUNDING_SECONDS = 1e-6

/** The frame on show at a time inside the video, decoded from the key frame before it. */
export async function pictureAt(access: VideoAccess, timeSeconds: number): Promise<Picture> {
  const { file, place } = access
  const wanted = Math.max(timeSeconds, file.firstSeconds) + ROUNDING_SECONDS
  const last = await file.packets.getPacket(wanted)
  const start =
    (await file.packets.getKeyPacket(wanted, { verifyKeyPackets: true })) ??
    (await file.packets.getFirstKeyPacket({ verifyKeyPackets: true }))
  if (last === null || start === null) throw noFrames(place)
  const target = Math.max(last.timestamp, start.timestamp)
  let picture: Picture | undefined
  // To the end even after the frame is found: only then is it certain that none was lost before it.
  for await (const { seconds, frame } of decodeFrames({ ...access, start, last })) {
    try {
      if (seconds === target) picture = await pictureFromFrame(frame, file.presentation, place)
    } finally {
      frame.close()
    }
  }
  if (picture === undefined) throw noFrames(place)
  return picture
}

/** Every frame once, in the order shown. */
export async function* everyFrame(access: VideoAccess): AsyncGenerator<VideoPicture, void> {
  const { file, place } = access
  for await (const { seconds, frame } of decodeFrames({
    ...access,
    start: await firstKey(access),
  })) {
    try {
      const picture = await pictureFromFrame(frame, file.presentation, place)
      yield { timeSeconds: seconds, picture }
    } finally {
      frame.close()
    }
  }
}

/** The frame on show at 0, s, 2s, ...: decodes all, converts only those asked for. */
export async function* sampledFrames(
  access: VideoAccess,
  everySeconds: number,
): AsyncGenerator<VideoPicture, void> {
  const { file, place } = access
  if (!(everySeconds > 0)) {
    throw invalidInput(`${place}: frames every ${everySeconds} s; give a positive number`)
  }
  let shown: VideoFrame | undefined
  let index = 0
  async function* untilSeconds(end: number): AsyncGenerator<VideoPicture, void> {
    for (; shown !== undefined && index * everySeconds + ROUNDING_SECONDS < end; index++) {
      const picture = await pictureFromFrame(shown, file.presentation, place)
      yield { timeSeconds: index * everySeconds, picture }
    }
  }
  try {
    for await (const next of decodeFrames({ ...access, start: await firstKey(access) })) {
      try {
        yield* untilSeconds(next.seconds)
      } finally {
        shown?.close()
        shown = next.frame
      }
    }
    yield* untilSeconds(file.durationSeconds)
  } catch (error) {
    throw asVideoError(error, place)
  } finally {
    shown?.close()
  }
}

async function firstKey({ file, place }: VideoAccess) {
  const packet = await file.packets.getFirstKeyPacket({ verifyKeyPackets: true })
  if (packet === null) throw noFrames(place)
  return packet
}

const noFrames = (place: string) =>
  invalidInput(`${place}: holds no frame that can be decoded; copy or convert it again`)

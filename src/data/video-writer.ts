import { randomUUID } from 'node:crypto'
import { open, rename, rm } from 'node:fs/promises'
import { extname } from 'node:path'
import type { EncodedVideoChunk } from '@napi-rs/webcodecs'
import {
  EncodedPacket,
  EncodedVideoPacketSource,
  FilePathTarget,
  Mp4OutputFormat,
  Output,
  WebMOutputFormat,
} from 'mediabunny'
import { AppError, invalidInput, messageOf, unavailable } from '../core/index.ts'
import type { Picture } from './picture.ts'
import { loadVideoCodecs } from './video-codecs.ts'
import { encodePictures } from './video-encode.ts'

/** How pictures are compressed: H.264 and VP9 play in every browser. */
export type VideoCodecName = 'h264' | 'vp9'

/** How to write a video. */
export interface WriteVideoOptions {
  readonly framesPerSecond: number
  /** Bits per second; by default 0.15 a pixel and frame, visually close to the pictures. */
  readonly bitrate?: number
  /** By default H.264 in .mp4 and VP9 in .webm. */
  readonly codec?: VideoCodecName
  /** Seconds from one key frame to the next: what seeking has to decode at most. 1 unless told. */
  readonly keyFrameSeconds?: number
  readonly signal?: AbortSignal | undefined
}

/**
 * Writes pictures of one size as a video that browsers play, whole or not at all.
 *
 * Colours are BT.709, limited range, 4:2:0, and the file says so.
 *
 * @param path ends in .mp4 or .webm
 * @param frames all of one even width and height; taken one at a time
 * @throws {AppError} InvalidInput for odd or changing sizes and no frames, Unavailable without an encoder
 */
export async function writeVideo(
  path: string,
  frames: AsyncIterable<Picture> | Iterable<Picture>,
  options: WriteVideoOptions,
): Promise<void> {
  const { framesPerSecond } = options
  if (!(framesPerSecond > 0 && framesPerSecond <= 240)) {
    throw invalidInput(`${path}: ${framesPerSecond} frames a second; give a number from 1 to 240`)
  }
  const extension = extname(path).toLowerCase()
  if (extension !== '.mp4' && extension !== '.webm') {
    throw invalidInput(`${path}: a video is written as .mp4 or .webm; change the name`)
  }
  const codec = options.codec ?? (extension === '.mp4' ? 'h264' : 'vp9')
  if (extension === '.webm' && codec === 'h264') {
    throw invalidInput(`${path}: a .webm file cannot hold H.264; write .mp4 or choose vp9`)
  }
  const codecs = await loadVideoCodecs()
  const temporary = `${path}.${randomUUID().slice(0, 8)}.tmp`
  const source = new EncodedVideoPacketSource(codec === 'h264' ? 'avc' : 'vp9')
  const output = new Output({
    // The index at the front, so that playing starts before all has arrived.
    format:
      extension === '.mp4'
        ? new Mp4OutputFormat({ fastStart: 'in-memory' })
        : new WebMOutputFormat(),
    target: new FilePathTarget(temporary),
  })
  output.addVideoTrack(source, { frameRate: framesPerSecond })
  try {
    await output.start()
    const chunks = encodePictures({
      codecs,
      codec,
      frames,
      place: path,
      framesPerSecond,
      bitrate: options.bitrate,
      keyFrameSeconds: options.keyFrameSeconds ?? 1,
      signal: options.signal,
    })
    for await (const { chunk, metadata } of chunks) {
      await source.add(packetOf(chunk, 1 / framesPerSecond), metadata)
    }
    await output.finalize()
    await flushToDisk(temporary)
    await rename(temporary, path)
  } catch (error) {
    if (output.state !== 'finalized') await output.cancel().catch(() => {})
    await rm(temporary, { force: true })
    if (error instanceof AppError) throw error
    throw unavailable(`${path}: the video cannot be written (${messageOf(error)})`, {
      cause: error,
    })
  }
}

function packetOf(chunk: EncodedVideoChunk, seconds: number): EncodedPacket {
  const data = new Uint8Array(chunk.byteLength)
  chunk.copyTo(data)
  return new EncodedPacket(data, chunk.type, chunk.timestamp / 1e6, seconds)
}

async function flushToDisk(path: string): Promise<void> {
  const file = await open(path, 'r+')
  try {
    await file.sync()
  } finally {
    await file.close()
  }
}

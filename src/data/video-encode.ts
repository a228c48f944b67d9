import type {
  EncodedVideoChunk,
  EncodedVideoChunkMetadata,
  VideoEncoderConfig,
} from '@napi-rs/webcodecs'
import { invalidInput, throwIfAborted, unavailable } from '../core/index.ts'
import type { Picture } from './picture.ts'
import type { VideoCodecs } from './video-codecs.ts'
import { i420FromRgb } from './video-colour.ts'
import { makeBell } from './video-wait.ts'

/** One encoded picture; the first one's metadata says how to decode them all. */
export interface EncodedPicture {
  readonly chunk: EncodedVideoChunk
  readonly metadata: EncodedVideoChunkMetadata | undefined
}

/** What {@link encodePictures} encodes and how. */
export interface EncodeRun {
  readonly codecs: VideoCodecs
  readonly codec: 'h264' | 'vp9'
  readonly frames: AsyncIterable<Picture> | Iterable<Picture>
  /** Names the file in errors. */
  readonly place: string
  readonly framesPerSecond: number
  /** Bits per second. */
  readonly bitrate: number | undefined
  readonly keyFrameSeconds: number
  readonly signal: AbortSignal | undefined
}

const MOST_QUEUED = 8
const STALLED_MS = 30_000

/** Encodes pictures one after another, in the order given (no B-frames are asked for). */
export async function* encodePictures(run: EncodeRun): AsyncGenerator<EncodedPicture, void> {
  const { codecs, place, framesPerSecond, keyFrameSeconds, signal } = run
  const ready: EncodedPicture[] = []
  let failure: Error | undefined
  const bell = makeBell()
  const encoder = new codecs.VideoEncoder({
    output: (chunk, metadata) => {
      ready.push({ chunk, metadata })
      bell.ring()
    },
    error: (error) => {
      failure = error
      bell.ring()
    },
  })
  encoder.ondequeue = bell.ring
  let size: { width: number; height: number } | undefined
  let count = 0
  const keyEvery = Math.max(1, Math.round(keyFrameSeconds * framesPerSecond))
  const microseconds = (index: number): number => Math.round((index * 1e6) / framesPerSecond)
  try {
    for await (const picture of run.frames) {
      throwIfAborted(signal, place)
      if (failure !== undefined) throw failure
      const { width, height } = picture
      if (size === undefined) {
        assertEven(place, width, height)
        encoder.configure(await supportedConfig(run, width, height))
        size = { width, height }
      } else if (width !== size.width || height !== size.height) {
        throw invalidInput(
          `${place}: frame ${count} is ${width} x ${height}, the first was ${size.width} x ` +
            `${size.height}; give frames of one size`,
        )
      }
      const frame = new codecs.VideoFrame(i420FromRgb(picture), {
        format: 'I420',
        codedWidth: width,
        codedHeight: height,
        timestamp: microseconds(count),
        duration: microseconds(count + 1) - microseconds(count),
        colorSpace: { matrix: 'bt709', primaries: 'bt709', transfer: 'bt709', fullRange: false },
      })
      try {
        encoder.encode(frame, { keyFrame: count % keyEvery === 0 })
      } finally {
        frame.close()
      }
      count++
      while (encoder.encodeQueueSize >= MOST_QUEUED && failure === undefined) {
        await bell.wait(STALLED_MS, () => stalled(place))
      }
      while (ready.length > 0) yield ready.shift()!
    }
    if (count === 0) throw invalidInput(`${place}: no frames to write; give at least one`)
    let flushed = false
    const finish = (error?: Error): void => {
      flushed = true
      failure ??= error
      bell.ring()
    }
    encoder.flush().then(() => finish(), finish)
    while (!flushed) await bell.wait(STALLED_MS, () => stalled(place))
    if (failure !== undefined) throw failure
    while (ready.length > 0) yield ready.shift()!
  } finally {
    if (encoder.state !== 'closed') encoder.close()
  }
}

async function supportedConfig(
  { codecs, codec, place, framesPerSecond, bitrate }: EncodeRun,
  width: number,
  height: number,
): Promise<VideoEncoderConfig> {
  const config: VideoEncoderConfig = {
    codec: codec === 'h264' ? h264Name(width, height, framesPerSecond) : 'vp09.00.10.08',
    width,
    height,
    framerate: framesPerSecond,
    bitrate: bitrate ?? Math.round(0.15 * width * height * framesPerSecond),
    latencyMode: 'quality',
    hardwareAcceleration: 'prefer-software',
  }
  const { supported } = await codecs.VideoEncoder.isConfigSupported(config)
  if (supported) return config
  throw unavailable(
    `${place}: no ${codec} encoder for ${width} x ${height} here; choose the other of h264, vp9`,
  )
}

/** High profile at the lowest level that allows the size and rate (H.264 table A-1). */
function h264Name(width: number, height: number, framesPerSecond: number): string {
  const blocks = Math.ceil(width / 16) * Math.ceil(height / 16)
  const levels = [
    [1620, 40_500, '1E'],
    [3600, 108_000, '1F'],
    [8192, 245_760, '28'],
    [22_080, 589_824, '32'],
  ] as const
  const level = levels.find(([most, rate]) => blocks <= most && blocks * framesPerSecond <= rate)
  return `avc1.6400${level?.[2] ?? '34'}`
}

function assertEven(place: string, width: number, height: number): void {
  if (width > 0 && height > 0 && width % 2 === 0 && height % 2 === 0) return
  throw invalidInput(`${place}: frames are ${width} x ${height}; make both sides even`)
}

const stalled = (place: string) =>
  unavailable(`${place}: the encoder gave nothing for ${STALLED_MS / 1000} s; try again`)

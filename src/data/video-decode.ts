import type { VideoFrame } from '@napi-rs/webcodecs'
import type { EncodedPacket } from 'mediabunny'
import { invalidInput, throwIfAborted } from '../core/index.ts'
import type { VideoCodecs } from './video-codecs.ts'
import type { VideoFile } from './video-file.ts'
import { makeBell } from './video-wait.ts'

/** A decoded frame and when it is shown. Whoever receives it closes it. */
export interface TimedFrame {
  readonly seconds: number
  readonly frame: VideoFrame
}

/** What {@link decodeFrames} decodes. */
export interface DecodeRun {
  readonly file: VideoFile
  readonly codecs: VideoCodecs
  /** Names the file in errors. */
  readonly place: string
  /** A key packet. */
  readonly start: EncodedPacket
  /** The last packet to decode, in decoding order; left out, all the rest. */
  readonly last?: EncodedPacket
  /** How long the decoder may show no sign of life. */
  readonly timeoutMs: number
  readonly signal?: AbortSignal | undefined
}

const MOST_QUEUED = 16
const MOST_READY = 4

/**
 * Decodes packets from a key packet on and yields their frames in the order they are shown.
 *
 * The time of a frame comes from the container: frames leave the decoder in the order they are shown,
 * so the next one out has the smallest time among the packets that went in. (@napi-rs/webcodecs 1.3
 * stamps frames in the order packets went in, which is wrong wherever there are B-frames.)
 *
 * @throws {AppError} InvalidInput when packets are damaged or the decoder stops answering
 */
export async function* decodeFrames(run: DecodeRun): AsyncGenerator<TimedFrame, void, undefined> {
  const { file, codecs, place, start, last, timeoutMs, signal } = run
  const ready: VideoFrame[] = []
  const waiting: number[] = [] // times of packets whose frame has not come out, ascending
  let failure: Error | undefined
  let finished = false
  let closed = false
  const bell = makeBell()
  const decoder = new codecs.VideoDecoder({
    output: (frame) => {
      if (closed) frame.close()
      else ready.push(frame)
      bell.ring()
    },
    error: (error) => {
      failure = error
      bell.ring()
    },
  })
  decoder.ondequeue = bell.ring
  signal?.addEventListener('abort', bell.ring)
  try {
    decoder.configure({ ...plainConfig(file.config), hardwareAcceleration: 'prefer-software' })
    let packet: EncodedPacket | null = start
    let flushing = false
    for (;;) {
      throwIfAborted(signal, place)
      while (
        packet !== null &&
        failure === undefined &&
        decoder.decodeQueueSize < MOST_QUEUED &&
        ready.length < MOST_READY
      ) {
        // Pictures shown before the key picture they follow need the stretch before it.
        if (packet.timestamp >= start.timestamp) {
          decoder.decode(new codecs.EncodedVideoChunk(chunkOf(packet)))
          if (isShown(packet, file.config.codec)) insertSorted(waiting, packet.timestamp)
        }
        packet =
          packet.sequenceNumber === last?.sequenceNumber
            ? null
            : await file.packets.getNextPacket(packet)
      }
      if (failure !== undefined) throw failure
      if (packet === null && !flushing) {
        flushing = true
        const done = (error?: Error): void => {
          finished = true
          failure ??= error
          bell.ring()
        }
        decoder.flush().then(() => done(), done)
      }
      const frame = ready.shift()
      if (frame !== undefined) {
        const seconds = waiting.shift()
        if (seconds === undefined) {
          frame.close()
          throw damaged(place)
        }
        yield { seconds, frame }
      } else if (finished) break
      else if (signal?.aborted !== true) {
        await bell.wait(timeoutMs, () => stalled(place, timeoutMs))
      }
    }
    if (waiting.length > 0) throw damaged(place)
  } finally {
    closed = true
    signal?.removeEventListener('abort', bell.ring)
    for (const frame of ready) frame.close()
    if (decoder.state !== 'closed') decoder.close()
  }
}

const damaged = (place: string) =>
  invalidInput(`${place}: some of its frames cannot be decoded; copy or convert it again`)

const stalled = (place: string, timeoutMs: number) =>
  invalidInput(
    `${place}: the decoder gave nothing for ${timeoutMs / 1000} s; convert the video again`,
  )

function chunkOf({ type, microsecondTimestamp, microsecondDuration, data }: EncodedPacket) {
  return { type, timestamp: microsecondTimestamp, duration: microsecondDuration, data }
}

/** VP8 keeps reference pictures that are never shown in packets of their own. */
function isShown(packet: EncodedPacket, codec: string): boolean {
  return codec !== 'vp8' || ((packet.data[0] ?? 0) & 0x10) !== 0
}

function insertSorted(times: number[], time: number): void {
  let at = times.length
  while (at > 0 && times[at - 1]! > time) at--
  times.splice(at, 0, time)
}

/** Without the members that are there but undefined, which the native side does not take. */
function plainConfig(config: VideoFile['config']) {
  const { primaries, transfer, matrix, fullRange } = config.colorSpace ?? {}
  const space = { primaries, transfer, matrix, fullRange }
  return {
    codec: config.codec,
    ...(config.codedWidth !== undefined && { codedWidth: config.codedWidth }),
    ...(config.codedHeight !== undefined && { codedHeight: config.codedHeight }),
    ...(config.description !== undefined && { description: config.description }),
    colorSpace: Object.fromEntries(Object.entries(space).filter(([, value]) => value != null)),
  }
}

import { crc32 } from 'node:zlib'
import {
  BufferTarget,
  EncodedAudioPacketSource,
  EncodedPacket,
  MovOutputFormat,
  Output,
} from 'mediabunny'
import sharp from 'sharp'

/** A JPEG file that ends in the middle. */
export async function truncatedJpeg(): Promise<Buffer> {
  const whole = await sharp({
    create: {
      width: 200,
      height: 150,
      channels: 3,
      background: 'grey',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })
    .jpeg()
    .toBuffer()
  return whole.subarray(0, Math.floor(whole.length / 2))
}

/** A PNG file of a few bytes whose header claims many pixels. */
export function hugePng(width = 30_000, height = 30_000): Buffer {
  const header = Buffer.alloc(13)
  header.writeUInt32BE(width, 0)
  header.writeUInt32BE(height, 4)
  header.set([8, 2, 0, 0, 0], 8)
  const chunk = (type: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(type), data])
    const frame = Buffer.alloc(8)
    frame.writeUInt32BE(data.length, 0)
    frame.writeUInt32BE(crc32(body), 4)
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
  }
  const magic = Buffer.from('\x89PNG\r\n\x1a\n', 'latin1')
  return Buffer.concat([
    magic,
    chunk('IHDR', header),
    chunk('IDAT', Buffer.alloc(10)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

export const svgDrawing = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>\n'

/** A .mov file with a second of silence and no pictures. */
export async function soundOnlyVideo(): Promise<Buffer> {
  const target = new BufferTarget()
  const output = new Output({ format: new MovOutputFormat(), target })
  const sound = new EncodedAudioPacketSource('pcm-s16')
  output.addAudioTrack(sound)
  await output.start()
  const decoderConfig = { codec: 'pcm-s16', sampleRate: 8000, numberOfChannels: 1 }
  await sound.add(new EncodedPacket(new Uint8Array(16_000), 'key', 0, 1), { decoderConfig })
  await output.finalize()
  return Buffer.from(target.buffer!)
}
